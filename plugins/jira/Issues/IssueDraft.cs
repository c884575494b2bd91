using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>The fields of an issue about to be written, and which part of the input each came from.</summary>
internal sealed class IssueDraft(JiraClient client)
{
    private readonly Dictionary<string, string> paths = [];

    /// <summary>As Jira wants them, by id.</summary>
    public JsonObject Fields { get; } = [];

    /// <summary>Sets a field from an input that is not <c>null</c>.</summary>
    public void Set(string id, string path, JsonNode? value)
    {
        if (value is null) return;
        if (!paths.TryAdd(id, path)) throw JiraFailures.InvalidInput(path, $"{paths[id]} says this already: give it once.");
        Fields[id] = value;
    }

    /// <summary>Sets the fields that a caller names; a value of null empties one.</summary>
    public async Task SetNamedAsync(IReadOnlyDictionary<string, JsonElement>? named, CancellationToken cancellationToken)
    {
        if (named is not { Count: > 0 }) return;
        var catalog = await FieldCatalog.OfAsync(client, cancellationToken).ConfigureAwait(false);
        var names = named.Keys.Select(name => (name, $"fields.{name}")).ToList();
        var fields = await catalog.FindAsync(names, client, cancellationToken).ConfigureAwait(false);
        foreach (var ((name, value), field) in named.Zip(fields))
        {
            var path = $"fields.{name}";
            if (!paths.TryAdd(field.Id, path)) throw JiraFailures.InvalidInput(path, $"{paths[field.Id]} says this already: give it once.");
            Fields[field.Id] = FieldValue.Write(field, value, client.IsCloud, path);
        }
    }

    /// <summary>Each refused field under the input that it came from and the name that people see.</summary>
    public async Task<List<FieldError>> ExplainAsync(ApiAnswer answer, CancellationToken cancellationToken)
    {
        var refused = JiraWords.Fields(answer.Json);
        if (refused.Count is 0) return [];
        var known = refused.Any(field => !FieldPaths.IsTyped(field.Id)) ? await KnownAsync(cancellationToken).ConfigureAwait(false) : [];
        return
        [
            .. refused.Select(field =>
            {
                var name = known.FirstOrDefault(candidate => candidate.Id == field.Id)?.Name ?? field.Id;
                var path = paths.GetValueOrDefault(field.Id) ?? FieldPaths.Of(field.Id) ?? $"fields.{name}";
                return new FieldError(path, $"{name}: {field.Message}");
            }),
        ];
    }

    // The failure itself is worth more than the names in it.
    private async Task<IReadOnlyList<JiraField>> KnownAsync(CancellationToken cancellationToken)
    {
        try
        {
            var catalog = await FieldCatalog.OfAsync(client, cancellationToken).ConfigureAwait(false);
            return await catalog.AllAsync(client, cancellationToken).ConfigureAwait(false);
        }
        catch (IntegrationException)
        {
            return [];
        }
    }
}
