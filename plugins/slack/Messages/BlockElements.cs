using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>The limits of what stands in a block: buttons, menus, pictures, and the objects that they are made of.</summary>
internal static class BlockElements
{
    public static void Check(JsonNode? node, string path, string block, BlockCheck check)
    {
        if (check.Object(node, path) is not { } element || check.Type(element, path) is not { } type) return;
        check.Id(element, "action_id", path, block);
        if (element["confirm"] is { } confirm) Confirm(confirm, $"{path}.confirm", check);
        check.Text(element, "placeholder", path, 150, required: false, plain: true);
        switch (type)
        {
            case "button":
            case "workflow_button":
                check.Text(element, "text", path, 75, required: true, plain: true);
                check.String(element, "value", path, 0, 2000, required: false);
                check.String(element, "url", path, 1, 3000, required: false);
                check.String(element, "accessibility_label", path, 1, 75, required: false);
                check.OneOf(element, "style", path, "primary", "danger");
                break;
            case "image":
                Image(element, path, check);
                break;
            case "static_select":
            case "multi_static_select":
                Options(element, "options", path, element.ContainsKey("option_groups") ? 0 : 1, 100, check);
                Groups(element, path, check);
                break;
            case "overflow":
                Options(element, "options", path, 1, 5, check);
                break;
            case "checkboxes":
            case "radio_buttons":
                Options(element, "options", path, 1, 10, check);
                break;
            case "plain_text_input":
                check.String(element, "initial_value", path, 0, 3000, required: false);
                break;
        }
    }

    public static void Image(JsonObject image, string path, BlockCheck check)
    {
        check.String(image, "alt_text", path, 1, 2000, required: true);
        check.String(image, "image_url", path, 1, 3000, required: !image.ContainsKey("slack_file"));
    }

    private static void Confirm(JsonNode node, string path, BlockCheck check)
    {
        if (check.Object(node, path) is not { } confirm) return;
        check.Text(confirm, "title", path, 100, required: true, plain: true);
        check.Text(confirm, "text", path, 300, required: true);
        check.Text(confirm, "confirm", path, 30, required: true, plain: true);
        check.Text(confirm, "deny", path, 30, required: true, plain: true);
    }

    private static void Groups(JsonObject element, string path, BlockCheck check)
    {
        if (!element.ContainsKey("option_groups")) return;
        var groups = check.List(element, "option_groups", path, 1, 100);
        for (var index = 0; index < (groups?.Count ?? 0); index++)
        {
            var at = $"{path}.option_groups[{index}]";
            if (check.Object(groups?[index], at) is not { } group) continue;
            check.Text(group, "label", at, 75, required: true, plain: true);
            Options(group, "options", at, 1, 100, check);
        }
    }

    private static void Options(JsonObject element, string name, string path, int least, int most, BlockCheck check)
    {
        if (least is 0 && !element.ContainsKey(name)) return;
        var options = check.List(element, name, path, least, most);
        for (var index = 0; index < (options?.Count ?? 0); index++)
        {
            var at = $"{path}.{name}[{index}]";
            if (check.Object(options?[index], at) is not { } option) continue;
            check.Text(option, "text", at, 75, required: true);
            check.String(option, "value", at, 1, 150, required: true);
            check.Text(option, "description", at, 75, required: false);
            check.String(option, "url", at, 1, 3000, required: false);
        }
    }
}
