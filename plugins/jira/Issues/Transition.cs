using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>A move that an issue can make now.</summary>
internal sealed record Transition
{
    [Display(Name = "Id")]
    public required string Id { get; init; }

    [Display(Name = "Name", Description = "The button's text, such as Start progress.")]
    public required string Name { get; init; }

    [Display(Name = "To status", Description = "The status that the issue has afterwards.")]
    public required string ToStatus { get; init; }

    [Display(Name = "To status category", Description = "new, indeterminate or done.")]
    public string? ToStatusCategory { get; init; }

    [Display(Name = "Required fields", Description = "What transition_issue must give in fields.")]
    public IReadOnlyList<string> RequiredFields { get; init; } = [];

    public static async Task<IReadOnlyList<Transition>> ListAsync(string issue, JiraClient client, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(
            $"issue/{issue}/transitions?expand=transitions.fields", "list the transitions", cancellationToken).ConfigureAwait(false);
        return [.. answer.Items("transitions").Select(Read)];
    }

    private static Transition Read(JsonElement transition) => new()
    {
        Id = transition.Text("id") ?? "",
        Name = transition.Text("name") ?? "",
        ToStatus = transition.Text("to", "name") ?? "",
        ToStatusCategory = transition.Text("to", "statusCategory", "key"),
        RequiredFields = transition.At("fields") is { ValueKind: JsonValueKind.Object } fields
            ? [.. fields.EnumerateObject().Where(field => field.Value.Is("required") && !field.Value.Is("hasDefaultValue"))
                .Select(field => field.Value.Text("name") ?? field.Name)]
            : [],
    };
}
