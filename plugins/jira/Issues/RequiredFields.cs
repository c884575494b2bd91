using System.Text.Json;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>What Jira wants of a new issue: asked only after it has refused one, so that the caller need not guess.</summary>
internal static class RequiredFields
{
    private const string Purpose = "read the fields of the issue type";
    private const int MaxValues = 10;

    /// <summary>The errors, with what Jira offers for each field and the required fields that are still missing.</summary>
    public static async Task<List<FieldError>> ExplainAsync(
        List<FieldError> errors, IssueDraft draft, string project, string issueType, JiraClient client, CancellationToken cancellationToken)
    {
        try
        {
            var fields = await ReadAsync(project, issueType, client, cancellationToken).ConfigureAwait(false);
            foreach (var field in fields)
            {
                var id = field.Text("fieldId") ?? field.Text("key") ?? "";
                var name = JiraWords.Clean(field.Text("name") ?? id);
                var path = FieldPaths.Of(id) ?? $"fields.{name}";
                var at = errors.FindIndex(error => error.Path == path || error.Path == $"fields.{id}");
                if (at >= 0)
                {
                    errors[at] = errors[at] with { Message = $"{errors[at].Message}{Offered(field)}" };
                }
                else if (field.Is("required") && !field.Is("hasDefaultValue") && !draft.Fields.ContainsKey(id) && id.Length > 0)
                {
                    errors.Add(new(path, $"{name}: required in {project} for {issueType}.{Offered(field)}"));
                }
            }
        }
        catch (IntegrationException)
        {
            // Explaining is a courtesy; what Jira said stays.
        }

        return errors;
    }

    private static async Task<IReadOnlyList<JsonElement>> ReadAsync(
        string project, string issueType, JiraClient client, CancellationToken cancellationToken)
    {
        var types = await client.TrySendAsync(
            JiraCall.Get($"issue/createmeta/{project}/issuetypes?maxResults={100}", Purpose), cancellationToken).ConfigureAwait(false);
        if (!types.IsSuccess || types.Json is not { } answer)
        {
            return types.StatusCode is 404 ? await ReadOldAsync(project, issueType, client, cancellationToken).ConfigureAwait(false) : [];
        }

        var id = List(answer, "issueTypes").FirstOrDefault(type =>
            type.Text("id") == issueType || string.Equals(type.Text("name"), issueType, StringComparison.OrdinalIgnoreCase)).Text("id");
        if (id is null) return [];
        var fields = await client.GetAsync(
            $"issue/createmeta/{project}/issuetypes/{id}?maxResults={200}", Purpose, cancellationToken).ConfigureAwait(false);
        return [.. List(fields, "fields")];
    }

    // Before Data Center 8.4; gone since 9.0.
    private static async Task<IReadOnlyList<JsonElement>> ReadOldAsync(
        string project, string issueType, JiraClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(
            $"issue/createmeta?projectKeys={project}&issuetypeNames={issueType}&expand=projects.issuetypes.fields", Purpose, cancellationToken)
            .ConfigureAwait(false);
        var type = answer.Items("projects").SelectMany(item => item.Items("issuetypes")).FirstOrDefault();
        return type.At("fields") is { ValueKind: JsonValueKind.Object } fields
            ? [.. fields.EnumerateObject().Select(field => WithId(field.Name, field.Value))]
            : [];
    }

    private static JsonElement WithId(string id, JsonElement field)
    {
        var copy = System.Text.Json.Nodes.JsonObject.Create(field) ?? [];
        copy["fieldId"] = id;
        return JsonSerializer.SerializeToElement(copy);
    }

    // Cloud names its lists, Data Center calls every list values.
    private static IEnumerable<JsonElement> List(JsonElement answer, string name) =>
        answer.At(name) is null ? answer.Items("values") : answer.Items(name);

    private static string Offered(JsonElement field)
    {
        var values = field.Items("allowedValues").Select(value => value.Text("value") ?? value.Text("name")).OfType<string>().ToList();
        return values.Count is 0
            ? ""
            : $" One of: {string.Join(", ", values.Take(MaxValues).Select(JiraWords.Clean))}{(values.Count > MaxValues ? ", …" : "")}.";
    }
}
