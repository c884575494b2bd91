using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>The limits of Block Kit (https://docs.slack.dev/reference/block-kit). A kind of block or element that is not known here is left to
/// Slack, which adds new ones.</summary>
internal static class BlockKit
{
    private const int MostBlocks = 50;
    private const int MostErrors = 20;

    // Nobody can press anything in these, and nothing of the app behind the integration is addressed.
    private static readonly FrozenSet<string> Inert =
        new[] { "header", "section", "context", "divider", "image", "rich_text", "markdown", "table" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Characters as people count them: an emoji outside the basic plane is one.</summary>
    public static int LengthOf(string text)
    {
        var count = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c)) count--;
        }

        return count;
    }

    /// <summary>What is wrong, with its path (<c>blocks[3].text.text</c>); at most 20 errors.</summary>
    public static IReadOnlyList<FieldError> Check(JsonArray blocks)
    {
        var check = new BlockCheck();
        check.Count(blocks, "blocks", 0, MostBlocks);
        for (var index = 0; index < Math.Min(blocks.Count, MostBlocks); index++) Block(blocks[index], $"blocks[{index}]", check);
        return [.. check.Errors.Take(MostErrors)];
    }

    /// <summary>Whether the blocks only show something: no buttons, no menus.</summary>
    public static bool AreInert(JsonArray blocks) => blocks.All(block =>
        block is JsonObject known && known["type"] is JsonValue type && type.TryGetValue<string>(out var name) && Inert.Contains(name)
        && !known.ContainsKey("accessory"));

    private static void Block(JsonNode? node, string path, BlockCheck check)
    {
        if (check.Object(node, path) is not { } block || check.Type(block, path) is not { } type) return;
        check.Id(block, "block_id", path, scope: "");
        switch (type)
        {
            case "header":
                check.Text(block, "text", path, 150, required: true, plain: true);
                break;
            case "section":
                Section(block, path, check);
                break;
            case "context":
                Each(check.List(block, "elements", path, 1, 10), $"{path}.elements", ContextElement, check);
                break;
            case "actions":
                void One(JsonNode? node, string at, BlockCheck within) => BlockElements.Check(node, at, path, within);
                Each(check.List(block, "elements", path, 1, 25), $"{path}.elements", One, check);
                break;
            case "image":
                BlockElements.Image(block, path, check);
                check.Text(block, "title", path, 2000, required: false, plain: true);
                break;
            case "input":
                check.Text(block, "label", path, 2000, required: true, plain: true);
                check.Text(block, "hint", path, 2000, required: false, plain: true);
                BlockElements.Check(block["element"], $"{path}.element", path, check);
                break;
            case "video":
                check.Text(block, "title", path, 200, required: true, plain: true);
                check.Text(block, "description", path, 200, required: false, plain: true);
                check.String(block, "alt_text", path, 1, 2000, required: true);
                check.String(block, "author_name", path, 1, 50, required: false);
                break;
            case "markdown":
                check.String(block, "text", path, 1, 12_000, required: true);
                break;
            case "table":
                check.List(block, "rows", path, 1, 100);
                break;
        }
    }

    private static void Section(JsonObject block, string path, BlockCheck check)
    {
        check.Text(block, "text", path, 3000, required: !block.ContainsKey("fields"));
        if (block.ContainsKey("fields"))
        {
            Each(check.List(block, "fields", path, 1, 10), $"{path}.fields", (node, at, c) => c.TextObject(node, at, 2000), check);
        }

        if (block["accessory"] is { } accessory) BlockElements.Check(accessory, $"{path}.accessory", path, check);
    }

    private static void ContextElement(JsonNode? node, string path, BlockCheck check)
    {
        if (node is JsonObject element && element["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name is "image")
        {
            BlockElements.Image(element, path, check);
        }
        else
        {
            check.TextObject(node, path, 3000);
        }
    }

    private static void Each(JsonArray? list, string path, Action<JsonNode?, string, BlockCheck> one, BlockCheck check)
    {
        for (var index = 0; index < (list?.Count ?? 0); index++) one(list?[index], $"{path}[{index}]", check);
    }
}
