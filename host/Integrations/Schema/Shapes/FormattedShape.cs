using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A string that a type of the platform is written as: a time, a day, an id, an address.</summary>
internal sealed class FormattedShape : Shape
{
    private readonly Parser parse;
    private readonly string format;
    private readonly string what;

    private FormattedShape(string format, string what, Parser parse) => (this.format, this.what, this.parse) = (format, what, parse);

    private delegate bool Parser(ref Walk walk);

    public override string Expected => what;

    public static FormattedShape? Of(Type type) =>
        type == typeof(DateTimeOffset) ? new("date-time", "a time with its offset, such as 2026-01-31T09:00:00Z", IsTime)
        : type == typeof(DateOnly) ? new("date", "a day, such as 2026-01-31", IsDay)
        : type == typeof(Guid) ? new("uuid", "a UUID, such as 0198c0de-7a11-7000-8000-000000000001", IsGuid)
        : type == typeof(Uri) ? new("uri", "an absolute URI, such as https://example.com/path", IsUri)
        : null;

    public override JsonObject Describe() => new() { ["type"] = "string", ["format"] = format };

    public override void Check(ref Walk walk)
    {
        if (!walk.ExpectText(Expected) || parse(ref walk)) return;

        // What is meant as an address may hold a password.
        walk.Fail($"{(format == "uri" ? "This" : walk.Quote())} cannot be read. Give {Expected}.");
    }

    // The reader would take a time without offset for local time, and one without seconds.
    private static bool IsTime(ref Walk walk)
    {
        if (!walk.Reader.TryGetDateTimeOffset(out _)) return false;
        var text = walk.Reader.GetString() ?? "";
        return text is [_, _, _, _, '-', _, _, '-', _, _, 'T', _, _, ':', _, _, ':', ..]
            && (text[^1] == 'Z' || (text[^3] == ':' && text[^6] is '+' or '-'));
    }

    private static bool IsDay(ref Walk walk) =>
        DateOnly.TryParseExact(walk.Reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsGuid(ref Walk walk) => walk.Reader.TryGetGuid(out _);

    private static bool IsUri(ref Walk walk)
    {
        var text = walk.Reader.GetString() ?? "";

        // A path such as /a counts as absolute on Unix.
        return !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) && text.Contains(':')
            && !text.StartsWith('/') && Uri.TryCreate(text, UriKind.Absolute, out _);
    }
}
