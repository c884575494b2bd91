using System.Text.Json;

namespace Vaka.Plugins.Slack;

/// <summary>An answer that said <c>"ok": true</c>.</summary>
internal sealed class SlackAnswer
{
    private const int MostWarnings = 20;

    public SlackAnswer(ApiAnswer answer)
    {
        Root = answer.Json.GetValueOrDefault();
        Scopes = answer.Headers.TryGetValues("x-oauth-scopes", out var values)
            ? [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
            : null;
    }

    public JsonElement Root { get; }

    /// <summary>What the token may do; <c>null</c>: Slack did not say.</summary>
    public IReadOnlyList<string>? Scopes { get; }

    /// <summary>Where the next page begins; <c>null</c>: there is none.</summary>
    public string? NextCursor =>
        Root.Child("response_metadata")?.Text("next_cursor") is { Length: > 0 } cursor ? cursor : null;

    /// <summary>What Slack did not like and did all the same, in its words. Remarks about how the request was written are left out.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var codes = (Root.Text("warning") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var metadata = Root.Child("response_metadata");
            return
            [
                .. codes.Concat(Texts(metadata, "warnings")).Concat(Texts(metadata, "messages"))
                    .Where(word => word is not ("missing_charset" or "superfluous_charset"))
                    .Select(SlackFailures.Clean).Where(word => word.Length > 0).Distinct().Take(MostWarnings),
            ];
        }
    }

    public static bool IsOk(ApiAnswer answer) =>
        answer.IsSuccess && answer.Json is { ValueKind: JsonValueKind.Object } root
        && root.TryGetProperty("ok", out var ok) && ok.ValueKind is JsonValueKind.True;

    /// <summary>A text that Slack always gives.</summary>
    /// <exception cref="IntegrationException">It did not.</exception>
    public string Require(string name) => Root.Text(name) ?? throw SlackFailures.Incomplete(name);

    public static IEnumerable<string> Texts(JsonElement? parent, string name) =>
        parent?.Items(name).Where(item => item.ValueKind is JsonValueKind.String).Select(item => item.GetString() ?? "") ?? [];
}
