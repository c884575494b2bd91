using System.Globalization;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Api;

/// <summary>Reads query parameters strictly: a misspelt filter is refused rather than ignored, which would answer everything.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection query;

    /// <summary>Reads what the endpoint says that it takes.</summary>
    public QueryReader(HttpRequest request)
    {
        query = request.Query;
        var known = request.HttpContext.GetEndpoint()?.Metadata.GetOrderedMetadata<QueryParameter>() ?? [];
        foreach (var (name, values) in query)
        {
            if (known.All(parameter => parameter.Name != name))
                throw Invalid(name, $"There is no such parameter. Known: {string.Join(", ", known.Select(parameter => parameter.Name))}.");
            if (values.Count > 1) throw Invalid(name, "Give it once.");
        }
    }

    public string? Text(string name, int longest = 200)
    {
        if (!query.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } text) return null;
        if (text.Length > longest) throw Invalid(name, $"At most {longest} characters.");
        return text.Contains('\0') ? throw Invalid(name, "The character U+0000 is not allowed.") : text;
    }

    /// <summary>Whether <c>tenant=all</c> is asked for; whether it is granted is for who answers to say.</summary>
    public bool IsForAllTenants() => Text("tenant") switch
    {
        null => false,
        "all" => true,
        _ => throw Invalid("tenant", "Give 'all', or name one tenant in the X-Tenant-Id header."),
    };

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Invalid(name, "Give true or false."),
    };

    public Guid? Id(string name) => Text(name) switch
    {
        null => null,
        { } text when Guid.TryParse(text, out var id) => id,
        _ => throw Invalid(name, "Give a UUID."),
    };

    public DateTimeOffset? Time(string name) => Text(name) switch
    {
        null => null,
        { } text when text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            => time.ToUniversalTime(),
        _ => throw Invalid(name, "Give a time such as 2026-01-31T09:00:00Z."),
    };

    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        return SnakeCaseEnum.Find<T>(text) ?? throw Invalid(name, $"Give one of: {string.Join(", ", SnakeCaseEnum.Texts<T>())}.");
    }

    public int? Number(string name) => Text(name) switch
    {
        null => null,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Invalid(name, "Give a whole number."),
    };

    public int Limit() => Text("limit") switch
    {
        null => 50,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= 200 => limit,
        _ => throw Invalid("limit", "Give a number from 1 to 200."),
    };

    private static ProblemException Invalid(string name, string message) =>
        new(ProblemCode.InvalidRequest, $"{name}: {message}") { Errors = [new ConfigError(name, message)] };
}
