using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>The texts that creating and updating share, checked before anything is sent.</summary>
internal static class IssueTexts
{
    public static void Set(IssueDraft draft, string? summary, string? description, JsonObject? descriptionAdf, JiraClient client)
    {
        if (summary?.Any(char.IsControl) is true) throw JiraFailures.InvalidInput("summary", "A summary is one line, without line breaks or control characters.");
        if (string.IsNullOrWhiteSpace(summary) && summary is not null) throw JiraFailures.InvalidInput("summary", "A summary is not blank.");
        draft.Set("summary", "summary", summary is null ? null : JsonValue.Create(summary));
        draft.Set("description", "description", JiraText.Choose(description, descriptionAdf, client.IsCloud, "description"));
    }

    public static void DemandLabels(IReadOnlyList<string> labels, string path)
    {
        for (var index = 0; index < labels.Count; index++)
        {
            if (!JiraNames.IsLabel(labels[index])) throw JiraFailures.InvalidInput($"{path}[{index}]", JiraNames.LabelAdvice);
        }
    }

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
