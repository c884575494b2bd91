using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira.Text;

/// <summary>Whether a caller's own tree looks like a document: enough to name the place that is wrong before Jira refuses it whole.</summary>
internal static class AdfShape
{
    private const int MaxNodes = 5_000;
    private const int MaxDepth = 50;

    private static readonly HashSet<string> Nodes =
    [
        "paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "codeBlock", "rule", "panel", "expand", "nestedExpand",
        "table", "tableRow", "tableHeader", "tableCell", "taskList", "taskItem", "blockTaskItem", "decisionList", "decisionItem",
        "mediaSingle", "mediaGroup", "media", "mediaInline", "caption", "blockCard", "embedCard", "inlineCard", "text", "hardBreak", "mention",
        "emoji", "date", "status", "placeholder", "extension", "bodiedExtension", "inlineExtension", "layoutSection", "layoutColumn",
    ];

    private static readonly HashSet<string> Marks =
    [
        "strong", "em", "strike", "underline", "code", "link", "subsup", "textColor", "backgroundColor", "annotation", "alignment", "indentation",
        "border", "breakout", "dataConsumer", "fragment", "fontSize",
    ];

    public static (string Path, string Message)? ProblemOf(JsonObject document, string path)
    {
        if (Text(document["type"]) is not "doc") return ($"{path}.type", "A document's type is doc.");
        if (document["version"] is not JsonValue version || !version.TryGetValue(out int number) || number is not 1)
        {
            return ($"{path}.version", "A document's version is 1.");
        }

        if (document["content"] is not JsonArray content) return ($"{path}.content", "A document has a list named content.");
        var budget = MaxNodes;
        return OfContent(content, $"{path}.content", 1, ref budget);
    }

    private static (string, string)? OfContent(JsonArray content, string path, int depth, ref int budget)
    {
        if (depth > MaxDepth) return (path, $"Nested more than {MaxDepth} deep: make it flatter.");
        for (var index = 0; index < content.Count; index++)
        {
            if (--budget < 0) return (path, $"More than {MaxNodes} nodes: send less.");
            if (OfNode(content[index], $"{path}[{index}]", depth, ref budget) is { } problem) return problem;
        }

        return null;
    }

    private static (string, string)? OfNode(JsonNode? node, string path, int depth, ref int budget)
    {
        if (node is not JsonObject known) return (path, "A node is an object with a type.");
        if (Text(known["type"]) is not { } type || !Nodes.Contains(type)) return ($"{path}.type", "Not a node type of this format.");
        if (type is "text" && string.IsNullOrEmpty(Text(known["text"]))) return ($"{path}.text", "A text node has a text that is not empty.");
        if (known["attrs"] is not (null or JsonObject)) return ($"{path}.attrs", "attrs is an object.");
        switch (known["marks"])
        {
            case null: break;
            case JsonArray marks:
                for (var index = 0; index < marks.Count; index++)
                {
                    if (marks[index] is not JsonObject mark || Text(mark["type"]) is not { } name || !Marks.Contains(name))
                    {
                        return ($"{path}.marks[{index}]", "Not a mark of this format.");
                    }
                }

                break;
            default: return ($"{path}.marks", "marks is a list.");
        }

        return known["content"] switch
        {
            null => null,
            JsonArray content => OfContent(content, $"{path}.content", depth + 1, ref budget),
            _ => ($"{path}.content", "content is a list."),
        };
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;
}
