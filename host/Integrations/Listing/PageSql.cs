using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Listing;

/// <summary>The arguments and the conditions of one statement that reads a page, in the words of the database.</summary>
internal sealed class PageSql(bool isSqlite)
{
    private readonly List<object> arguments = [];

    public bool IsSqlite => isSqlite;

    public IReadOnlyList<object> Arguments => arguments;

    /// <summary>Takes a value; answers how it is called in the statement.</summary>
    public string Add(object value)
    {
        arguments.Add(value is Guid id && isSqlite ? id.ToString("D") : value);
        return $"{{{arguments.Count - 1}}}";
    }

    /// <summary>Which index to take, where the database has to be told.</summary>
    public string By(string index) => isSqlite ? $"INDEXED BY {index}" : "";

    public string And(IReadOnlyList<string> conditions) => conditions.Count == 0 ? "true" : string.Join(" AND ", conditions);

    public string[] After(IntegrationQuery query) => query.ReadCursor() is { } last ? [$"id > {Add(last)}"] : [];

    public string[] Facets(IntegrationQuery query) =>
    [
        .. query.IntegrationType is { } type ? [$"integration_type = {Add(type)}"] : Array.Empty<string>(),
        .. query.HealthStatus is { } health ? [$"health_status = '{SnakeCaseEnum.Text(health)}'"] : Array.Empty<string>(),
    ];

    public string OneOf(IReadOnlyList<IntegrationStatus> statuses) => statuses.Count == 1
        ? $"status = '{SnakeCaseEnum.Text(statuses[0])}'"
        : $"status IN ({string.Join(", ", statuses.Select(status => $"'{SnakeCaseEnum.Text(status)}'"))})";

    public string[] Name(IntegrationQuery query) =>
    [
        .. query.Name is { } name ? [$"name = {Add(name)}"] : Array.Empty<string>(),
        .. query.Q is { Length: > 0 } part
            ? [$"{(isSqlite ? "instr" : "strpos")}(lower(name), {Add(part.ToLowerInvariant())}) > 0"] : Array.Empty<string>(),
    ];
}
