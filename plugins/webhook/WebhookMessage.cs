using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Webhook;

/// <summary>One message as it is sent: its id, its time, and the bytes that are both signed and sent.</summary>
internal sealed class WebhookMessage
{
    // "id.timestamp." stands before the body in one array, so that signing reads and sending shares the same bytes without a copy.
    private readonly byte[] bytes;
    private readonly int bodyStart;
    private readonly int length;

    private WebhookMessage(string id, DateTimeOffset time, byte[] bytes, int bodyStart, int length)
    {
        (Id, Time, this.bytes, this.bodyStart, this.length) = (id, time, bytes, bodyStart, length);
        Timestamp = TimestampOf(time);
    }

    public string Id { get; }

    public DateTimeOffset Time { get; }

    /// <summary>Unix seconds.</summary>
    public string Timestamp { get; }

    public ReadOnlySpan<byte> Body => bytes.AsSpan(bodyStart, length - bodyStart);

    public ReadOnlySpan<byte> Signed => bytes.AsSpan(0, length);

    /// <summary>The data itself, byte for byte.</summary>
    public static WebhookMessage Plain(string id, DateTimeOffset time, JsonElement data)
    {
        var raw = JsonMarshal.GetRawUtf8Value(data);
        var prefix = PrefixOf(id, time);
        var bytes = new byte[prefix.Length + raw.Length];
        Encoding.ASCII.GetBytes(prefix, bytes);
        raw.CopyTo(bytes.AsSpan(prefix.Length));
        return new(id, time, bytes, prefix.Length, bytes.Length);
    }

    /// <summary>No body at all.</summary>
    public static WebhookMessage Empty(string id, DateTimeOffset time)
    {
        var bytes = Encoding.ASCII.GetBytes(PrefixOf(id, time));
        return new(id, time, bytes, bytes.Length, bytes.Length);
    }

    /// <summary>An envelope around the data.</summary>
    public static WebhookMessage Structured(CloudEvent attributes, JsonElement data)
    {
        var raw = JsonMarshal.GetRawUtf8Value(data);
        var prefix = PrefixOf(attributes.Id, attributes.Time);
        var output = new ArrayBufferWriter<byte>(raw.Length + 512);
        Encoding.ASCII.GetBytes(prefix, output);
        attributes.WriteEnvelope(output, raw);
        return MemoryMarshal.TryGetArray(output.WrittenMemory, out var written)
            ? new(attributes.Id, attributes.Time, written.Array!, prefix.Length, written.Count) // TryGetArray said that there is one
            : throw new InvalidOperationException("A writer over an array has an array.");
    }

    /// <summary>The body for one attempt to send it.</summary>
    public HttpContent ToContent() => new ByteArrayContent(bytes, bodyStart, length - bodyStart);

    private static string TimestampOf(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string PrefixOf(string id, DateTimeOffset time) => $"{id}.{TimestampOf(time)}.";
}
