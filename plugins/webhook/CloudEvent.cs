using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Webhook;

/// <summary>The attributes of one event, and the two ways of CloudEvents 1.0 to put them on HTTP.</summary>
/// <remarks>https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md</remarks>
internal readonly record struct CloudEvent(string Id, string Source, string Type, DateTimeOffset Time)
{
    public const string StructuredContentType = "application/cloudevents+json; charset=utf-8";

    /// <summary>The type of an event whose caller gave none.</summary>
    public const string DefaultType = "vaka.webhook.data_pushed";

    private const string SpecVersion = "1.0";

    /// <summary>Binary mode: attributes as headers beside the data.</summary>
    public KeyValuePair<string, string>[] ToHeaders() =>
    [
        new("ce-specversion", SpecVersion),
        new("ce-id", Id),
        new("ce-source", EncodeHeader(Source)),
        new("ce-type", EncodeHeader(Type)),
        new("ce-time", Rfc3339(Time)),
    ];

    /// <summary>Structured mode: an envelope around the data, whose bytes are kept as they are.</summary>
    public void WriteEnvelope(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("specversion", SpecVersion);
        writer.WriteString("id", Id);
        writer.WriteString("source", Source);
        writer.WriteString("type", Type);
        writer.WriteString("time", Rfc3339(Time));
        writer.WriteString("datacontenttype", "application/json");
        writer.WritePropertyName("data");
        writer.WriteRawValue(data, skipInputValidation: true); // it was parsed
        writer.WriteEndObject();
    }

    /// <summary>Percent-encodes what section 3.1.3.2 of the binding asks for: space, quote, percent and all but visible ASCII.</summary>
    public static string EncodeHeader(string value)
    {
        if (!value.AsSpan().ContainsAnyExceptInRange('!', '~') && !value.AsSpan().ContainsAny('"', '%'))
        {
            return value;
        }

        var encoded = new StringBuilder(value.Length + 8);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            _ = octet is > 0x20 and < 0x7F and not (byte)'"' and not (byte)'%'
                ? encoded.Append((char)octet)
                : encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return encoded.ToString();
    }

    private static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
