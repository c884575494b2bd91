using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Notes what is wrong with blocks, each with its path.</summary>
internal sealed class BlockCheck
{
    private readonly List<FieldError> errors = [];
    private readonly HashSet<(string Scope, string Id)> ids = [];

    public IReadOnlyList<FieldError> Errors => errors;

    public JsonObject? Object(JsonNode? node, string path)
    {
        if (node is JsonObject known) return known;
        Add(path, "Give an object.");
        return null;
    }

    public string? Type(JsonObject element, string path)
    {
        if (element["type"] is JsonValue value && value.TryGetValue<string>(out var type) && type.Length is > 0 and <= 100) return type;
        Add($"{path}.type", "Say of which type this is, such as section.");
        return null;
    }

    public JsonArray? List(JsonObject parent, string name, string path, int least, int most)
    {
        if (parent[name] is JsonArray list)
        {
            Count(list, $"{path}.{name}", least, most);
            return list;
        }

        Add($"{path}.{name}", "Give a list.");
        return null;
    }

    public void Count(JsonArray list, string path, int least, int most)
    {
        if (list.Count < least) Add(path, $"Give at least {least}.");
        else if (list.Count > most) Add(path, $"These are {list.Count}, and Slack takes at most {most}.");
    }

    public void String(JsonObject parent, string name, string path, int least, int most, bool required)
    {
        var at = $"{path}.{name}";
        if (parent[name] is not { } node)
        {
            if (required) Add(at, "This is needed.");
        }
        else if (node is not JsonValue value || !value.TryGetValue<string>(out var text))
        {
            Add(at, "Give a text.");
        }
        else if (BlockKit.LengthOf(text) is var length && length < least)
        {
            Add(at, "This may not be empty.");
        }
        else if (length > most)
        {
            Add(at, $"This has {length} characters, and Slack takes at most {most}.");
        }
    }

    /// <summary>A text object under a name.</summary>
    public void Text(JsonObject parent, string name, string path, int most, bool required, bool plain = false)
    {
        if (parent[name] is { } node) TextObject(node, $"{path}.{name}", most, plain);
        else if (required) Add($"{path}.{name}", "This is needed: an object such as {\"type\": \"plain_text\", \"text\": \"…\"}.");
    }

    public void TextObject(JsonNode? node, string path, int most, bool plain = false)
    {
        if (Object(node, path) is not { } text) return;
        if (Type(text, path) is { } type && (plain ? type is not "plain_text" : type is not ("plain_text" or "mrkdwn")))
        {
            Add($"{path}.type", plain ? "Slack takes plain_text only here." : "Slack takes plain_text or mrkdwn here.");
        }

        String(text, "text", path, 1, most, required: true);
    }

    /// <summary>An id of at most 255 characters that stands only once within <paramref name="scope"/>.</summary>
    public void Id(JsonObject element, string name, string path, string scope)
    {
        String(element, name, path, 1, 255, required: false);
        if (element[name] is JsonValue value && value.TryGetValue<string>(out var id) && !ids.Add(($"{name} {scope}", id)))
        {
            Add($"{path}.{name}", "Another one has this id already.");
        }
    }

    public void OneOf(JsonObject element, string name, string path, params ReadOnlySpan<string> allowed)
    {
        if (element[name] is not { } node) return;
        if (node is not JsonValue value || !value.TryGetValue<string>(out var text) || !allowed.Contains(text))
        {
            Add($"{path}.{name}", $"Slack takes {string.Join(" or ", allowed.ToArray())} here.");
        }
    }

    private void Add(string path, string message) => errors.Add(new FieldError(path, message));
}
