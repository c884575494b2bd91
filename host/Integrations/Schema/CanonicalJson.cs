using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>One text for equal JSON: members ordered, no white space, numbers in their shortest form.</summary>
internal static class CanonicalJson
{
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonNode node) => Ordered(node)?.ToJsonString(Text) ?? "null";

    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value
            .OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Ordered(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Ordered)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => Number(value),
        _ => node?.DeepClone(),
    };

    private static JsonNode Number(JsonValue number)
    {
        var text = number.ToJsonString();
        return IsExact(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? JsonValue.Create(value / 1.0000000000000000000000000000m) // drops trailing zeros
            : number.DeepClone();
    }

    // A decimal keeps 28 digits, and as many behind the point: of longer and smaller numbers two would become one.
    private static bool IsExact(ReadOnlySpan<char> number)
    {
        const int Digits = 28;
        var mark = number.IndexOfAny('e', 'E');
        var mantissa = mark < 0 ? number : number[..mark];
        var exponent = 0;
        if (mark >= 0 && !int.TryParse(number[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
        var point = mantissa.IndexOf('.');
        var behind = point < 0 ? 0 : mantissa.Length - point - 1;
        return mantissa.Length <= Digits && behind - (long)exponent <= Digits;
    }
}
