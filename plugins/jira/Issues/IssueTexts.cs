using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>The texts that creating and updating share, checked before anything is sent.</summary>
internal static class IssueTexts
{
    public static void Set(IssueDraft draft, string? summary, string? description, JsonObject? descriptionAdf, JiraClient client)
    {
        if (summary is not null && (summary.Any(char.IsControl) || string.IsNullOrWhiteSpace(summary)))
        {
            throw JiraFailures.InvalidInput("summary", "A summary is one line of text, without line breaks or control characters.");
        }

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

    /// <summary>As <see cref="DemandLabels"/>, and none that a <see cref="DedupeKey"/> could be taken for: with one a caller could claim
    /// another's key.</summary>
    public static void DemandNewLabels(IReadOnlyList<string> labels, string path)
    {
        DemandLabels(labels, path);
        if (labels.Index().FirstOrDefault(label => label.Item.StartsWith(DedupeKey.Prefix, StringComparison.OrdinalIgnoreCase)) is { Item: not null } own)
        {
            throw JiraFailures.InvalidInput($"{path}[{own.Index}]", $"Labels that begin with {DedupeKey.Prefix} are made of a dedupe_key only.");
        }
    }

    public static JsonNode? Day(DateOnly? day) =>
        day is { } known ? JsonValue.Create(known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null;

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
