using System.Text.Json;

namespace Vaka.Plugins.Jira;

/// <summary>Jira's own messages, cut short and without anything that could break a line or a log.</summary>
internal static class JiraWords
{
    private const int Longest = 200;

    /// <summary>What an answer says beside its fields; empty: nothing.</summary>
    public static string Of(JsonElement? answer)
    {
        if (answer is not { } json) return "";
        var messages = json.Items("errorMessages").Select(item => item.ValueKind is JsonValueKind.String ? item.GetString() : null)
            .Append(json.Text("message"))
            .Concat(Fields(json).Select(field => $"{field.Id}: {field.Message}"));
        return string.Join(" ", messages.Where(text => !string.IsNullOrWhiteSpace(text)).Take(3).Select(Clean));
    }

    /// <summary>The fields that were refused, by their ids.</summary>
    public static IReadOnlyList<(string Id, string Message)> Fields(JsonElement? answer) =>
        answer?.At("errors") is { ValueKind: JsonValueKind.Object } errors
            ? [.. errors.EnumerateObject().Where(field => field.Value.ValueKind is JsonValueKind.String).Take(50)
                .Select(field => (Clean(field.Name), Clean(field.Value.GetString())))]
            : [];

    public static string Clean(string? text)
    {
        var clean = string.Concat((text ?? "").Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
        if (clean.Length <= Longest) return clean;
        var end = char.IsHighSurrogate(clean[Longest - 1]) ? Longest - 1 : Longest;
        return string.Concat(clean.AsSpan(0, end), "…");
    }
}
