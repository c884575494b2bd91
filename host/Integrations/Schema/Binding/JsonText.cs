using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>Looks into the text of JSON strings as it stands in the document, escapes and all.</summary>
internal static class JsonText
{
    /// <summary>What no string may hold: U+0000, which PostgreSQL cannot store, and halves of surrogate pairs, which UTF-8
    /// cannot write.</summary>
    public static string? Fault(ReadOnlySpan<byte> escaped)
    {
        var highBefore = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            var unit = -1;
            if (escaped[i] == '\\')
            {
                i++;
                if (escaped[i] == 'u')
                {
                    unit = CodeUnit(escaped.Slice(i + 1, 4));
                    i += 4;
                }
            }

            if (unit == 0) return "The character U+0000 is not allowed. Remove it.";
            var isLow = unit is >= 0xDC00 and <= 0xDFFF;
            if (isLow != highBefore) return HalfPair;
            highBefore = unit is >= 0xD800 and <= 0xDBFF;
        }

        return highBefore ? HalfPair : null;
    }

    private const string HalfPair = "Half of a surrogate pair is not a character. Send the whole character.";

    /// <summary>Whether the reader stands on this text. A faulty one, at which the reader itself would throw, is none.</summary>
    public static bool IsAt(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) => IsWhole(ref reader) && reader.ValueTextEquals(text);

    /// <inheritdoc cref="IsAt(ref Utf8JsonReader, ReadOnlySpan{byte})"/>
    public static bool IsAt(ref Utf8JsonReader reader, string text) => IsWhole(ref reader) && reader.ValueTextEquals(text);

    /// <summary>The text that the escapes stand for; as it is written when they are faulty.</summary>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\') || Fault(escaped) is not null) return Encoding.UTF8.GetString(escaped);
        var quoted = ArrayPool<byte>.Shared.Rent(escaped.Length + 2);
        try
        {
            quoted[0] = (byte)'"';
            escaped.CopyTo(quoted.AsSpan(1));
            quoted[escaped.Length + 1] = (byte)'"';
            var reader = new Utf8JsonReader(quoted.AsSpan(0, escaped.Length + 2));
            reader.Read();
            return reader.GetString() ?? "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(quoted, clearArray: true);
        }
    }

    /// <summary>How many Unicode characters, as JSON Schema counts them.</summary>
    public static int CountCharacters(ReadOnlySpan<byte> escaped, bool isEscaped)
    {
        if (isEscaped) return Unescape(escaped).EnumerateRunes().Count();
        var count = 0;
        foreach (var b in escaped)
        {
            if ((b & 0xC0) != 0x80) count++;
        }

        return count;
    }

    private static bool IsWhole(ref Utf8JsonReader reader) => !reader.ValueIsEscaped || Fault(reader.ValueSpan) is null;

    private static int CodeUnit(ReadOnlySpan<byte> hex) =>
        int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
