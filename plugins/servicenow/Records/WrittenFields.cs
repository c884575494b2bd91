using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>Checks what is written, and compares it with what the instance says that it has stored: an access control rule drops a field
/// without a word, an unknown field is ignored, a long text is cut, and all of it is answered with success.</summary>
internal static class WrittenFields
{
    public const int MaxCount = 200;
    public const int MaxLength = 256 * 1024;

    // What was written to them is answered as an entry of a history, or not at all.
    private static readonly HashSet<string> Journals = new(StringComparer.Ordinal) { "work_notes", "comments", "comments_and_work_notes" };

    /// <summary>Checks a record that a caller gives.</summary>
    public static void Check(JsonObject fields, string path)
    {
        if (fields.Count is 0) throw ServiceNowFailures.InvalidInput(path, "There is nothing to write: give at least one field.");
        if (fields.Count > MaxCount) throw ServiceNowFailures.InvalidInput(path, $"At most {MaxCount} fields are written at once.");
        foreach (var (name, value) in fields)
        {
            var at = $"{path}.{name}";
            ServiceNowNames.CheckField(name, at);
            if (value is JsonObject or JsonArray)
            {
                throw ServiceNowFailures.InvalidInput(
                    at, "The value of a field is a text, a number, true, false or null. A list of references is one text: sys_ids with commas.");
            }

            if (value is JsonValue text && text.GetValueKind() is JsonValueKind.String && text.ToString().Length > MaxLength)
            {
                throw ServiceNowFailures.InvalidInput(at, $"A text has at most {MaxLength} characters. Attach longer ones as a file.");
            }
        }
    }

    /// <summary>What the instance did otherwise than asked.</summary>
    /// <param name="sent">What was written.</param>
    /// <param name="stored">The record that was answered, asked for with stored values and display values.</param>
    public static IReadOnlyList<FieldWarning> Compare(JsonObject sent, JsonObject stored) =>
        [.. sent.Select(field => ProblemOf(field.Key, Written(field.Value), stored) is { } problem
            ? new FieldWarning { Field = field.Key, Message = problem }
            : null).OfType<FieldWarning>()];

    private static string? ProblemOf(string field, string sent, JsonObject stored)
    {
        if (!stored.ContainsKey(field))
        {
            return "The instance does not answer this field: the table does not have it, or an access control rule hides it. It was probably "
                + "not stored.";
        }

        if (Journals.Contains(field) || field.Contains("password", StringComparison.Ordinal)) return null;
        var (value, display) = (Normal(RecordView.ValueOf(stored, field)), Normal(RecordView.DisplayOf(stored, field)));
        if (Same(sent, value) || Same(sent, display)) return null;
        if (value.Length is 0)
        {
            // A journal field of the instance's own answers its history as display value and no value.
            return display.Length > 0
                ? null
                : "This came back empty: an access control rule or a business rule dropped or hides it, or the value is unknown.";
        }

        if (sent.Length is 0) return "This was not cleared: an access control rule or a business rule kept its value.";
        if (sent.Length > value.Length && sent.StartsWith(value, StringComparison.Ordinal))
        {
            return $"This was cut to {value.Length} characters: the field holds no more.";
        }

        // A reference that was named in another way than by its display value, such as a user by the e-mail address.
        return ServiceNowNames.IsSysId(value) && !ServiceNowNames.IsSysId(sent)
            ? null
            : "Another value is stored than the one that was sent: an access control rule kept the old one, or the instance changed it.";
    }

    private static string Written(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.GetValueKind() is JsonValueKind.True => "true",
        JsonValue text when text.GetValueKind() is JsonValueKind.False => "false",
        _ => Normal(value.ToString()),
    };

    private static string Normal(string text) => text.ReplaceLineEndings("\n").Trim();

    private static bool Same(string sent, string stored) =>
        sent.Equals(stored, StringComparison.OrdinalIgnoreCase)
        || SameFlag(sent, stored)
        || SameNumber(sent, stored)
        || SameTime(sent, stored)
        || SameDuration(sent, stored);

    private static bool SameFlag(string sent, string stored) => (sent, stored) is ("1", "true") or ("0", "false");

    private static bool SameNumber(string sent, string stored) =>
        decimal.TryParse(sent, NumberStyles.Number, CultureInfo.InvariantCulture, out var a)
        && decimal.TryParse(stored, NumberStyles.Number, CultureInfo.InvariantCulture, out var b)
        && a == b;

    private static bool SameTime(string sent, string stored) =>
        sent.Length >= 10 && stored.Length >= 10
        && DateTimeOffset.TryParse(sent, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var a)
        && DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var b)
        && a == b;

    // A duration is stored as so much time after 1970.
    private static bool SameDuration(string sent, string stored) =>
        stored.StartsWith("1970-", StringComparison.Ordinal)
        && TimeSpan.TryParse(sent.Replace(' ', '.'), CultureInfo.InvariantCulture, out var a)
        && DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var b)
        && a == b - DateTimeOffset.UnixEpoch;
}
