using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira.Text;

/// <summary>Long text in the form that each product takes and gives: a document tree on Cloud, wiki markup on Data Center.</summary>
internal static class JiraText
{
    /// <summary>Jira's own limit of a text field.</summary>
    public const int MaxLength = 32_767;

    /// <summary>From Markdown.</summary>
    /// <param name="path">The input's field, for complaints.</param>
    public static JsonNode Write(string markdown, bool isCloud, string path)
    {
        if (markdown.Length > MaxLength)
        {
            throw JiraFailures.InvalidInput(path, $"Jira takes at most {MaxLength} characters here; these are {markdown.Length}.");
        }

        var document = MarkdownText.Parse(markdown, path);
        return isCloud ? AdfWriter.Write(document) : JsonValue.Create(WikiWriter.Write(document));
    }

    /// <summary>From one of two inputs: Markdown, or a document tree as it is.</summary>
    public static JsonNode? Choose(string? markdown, JsonObject? adf, bool isCloud, string path)
    {
        if (adf is null) return markdown is null ? null : Write(markdown, isCloud, path);
        var adfPath = $"{path}_adf";
        if (markdown is not null) throw JiraFailures.InvalidInput(adfPath, $"Give {path} or {adfPath}, not both.");
        if (!isCloud) throw JiraFailures.InvalidInput(adfPath, $"Data Center does not know document trees: give {path}.");
        return AdfShape.ProblemOf(adf, adfPath) is { } problem ? throw JiraFailures.InvalidInput(problem.Path, problem.Message) : adf.DeepClone();
    }

    /// <summary>Markdown from a document tree; wiki markup stays as it is.</summary>
    public static string? Read(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } tree when IsDocument(tree) => AdfReader.Read(tree),
        _ => null,
    };

    public static bool IsDocument(JsonElement value) => value.Text("type") is "doc" && value.At("content") is { ValueKind: JsonValueKind.Array };
}
