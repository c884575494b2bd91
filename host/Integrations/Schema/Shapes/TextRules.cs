using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>What a string has to satisfy. Messages never quote the string, since it may be a secret.</summary>
internal sealed class TextRules
{
    public LengthRule Length { get; init; } = LengthRule.None;

    /// <summary>Not empty and not only white space.</summary>
    public string? BlankMessage { get; init; }

    public Regex? Pattern { get; init; }

    /// <summary>The pattern as JSON Schema writes it.</summary>
    public string? PatternText { get; init; }

    public string? PatternMessage { get; init; }

    public IReadOnlyList<string>? Allowed { get; init; }

    public string? AllowedMessage { get; init; }

    public TextFormat? Format { get; init; }

    public string? FormatMessage { get; init; }

    public void Describe(JsonObject schema)
    {
        Length.Describe(schema, "minLength", "maxLength");
        if (BlankMessage is not null && Length.Min is null) schema["minLength"] = 1;
        if (PatternText is not null) schema["pattern"] = PatternText;
        if (Format is { } format) schema["format"] = format == TextFormat.Url ? "uri" : "email";
        if (Allowed is not null) schema["enum"] = new JsonArray([.. Allowed.Select(value => (JsonNode)value)]);
    }

    public void Check(ref Walk walk)
    {
        if (!Length.IsNone && !Length.HoldsFor(walk.Reader.ValueSpan, walk.Reader.ValueIsEscaped))
        {
            walk.Fail(Length.Message);
            return;
        }

        if (BlankMessage is null && Pattern is null && Allowed is null && Format is null) return;
        var text = walk.Reader.GetString() ?? "";
        if (BlankMessage is not null && string.IsNullOrWhiteSpace(text)) walk.Fail(BlankMessage);
        else if (Allowed is not null && !Allowed.Contains(text)) walk.Fail(AllowedMessage ?? "");
        else if (Pattern is not null && !Matches(Pattern, text)) walk.Fail(PatternMessage ?? "");
        else if (Format is { } format && !Fits(format, text)) walk.Fail(FormatMessage ?? "");
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool Fits(TextFormat format, string text) => format switch
    {
        // Uri.TryCreate trims; what is sent must be what was checked.
        TextFormat.Url => !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase),
        TextFormat.Email => text.IndexOf('@') is > 0 and var at
            && at == text.LastIndexOf('@')
            && at < text.Length - 1
            && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)),
    };
}

/// <summary>What a string may be the text of.</summary>
internal enum TextFormat
{
    /// <summary>An absolute http or https URL.</summary>
    Url,

    /// <summary>A bare mail address.</summary>
    Email,
}
