using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Vaka.Plugins.Webhook;

/// <summary>One message as it is sent: its id, its time, and the bytes that are both signed and sent.</summary>
internal sealed class WebhookMessage
{
    // "id.timestamp." stands before the body in one array, so that signing reads and sending shares the same bytes without a copy.
    private readonly byte[] bytes;
    private readonly int bodyStart;
    private readonly int length;

    private WebhookMessage(string id, DateTimeOffset time, string timestamp, byte[] bytes, int bodyStart, int length) =>
        (Id, Time, Timestamp, this.bytes, this.bodyStart, this.length) = (id, time, timestamp, bytes, bodyStart, length);

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
        var timestamp = TimestampOf(time);
        var bodyStart = PrefixLength(id, timestamp);
        var bytes = new byte[bodyStart + raw.Length];
        WritePrefix(id, timestamp, bytes);
        raw.CopyTo(bytes.AsSpan(bodyStart));
        return new(id, time, timestamp, bytes, bodyStart, bytes.Length);
    }

    /// <summary>No body at all.</summary>
    public static WebhookMessage Empty(string id, DateTimeOffset time)
    {
        var timestamp = TimestampOf(time);
        var bytes = new byte[PrefixLength(id, timestamp)];
        WritePrefix(id, timestamp, bytes);
        return new(id, time, timestamp, bytes, bytes.Length, bytes.Length);
    }

    /// <summary>An envelope around the data.</summary>
    public static WebhookMessage Structured(CloudEvent attributes, JsonElement data)
    {
        var raw = JsonMarshal.GetRawUtf8Value(data);
        var (id, time, timestamp) = (attributes.Id, attributes.Time, TimestampOf(attributes.Time));
        var bodyStart = PrefixLength(id, timestamp);
        var output = new ArrayBufferWriter<byte>(raw.Length + 512);
        WritePrefix(id, timestamp, output.GetSpan(bodyStart));
        output.Advance(bodyStart);
        attributes.WriteEnvelope(output, raw);
        return MemoryMarshal.TryGetArray(output.WrittenMemory, out var written)
            ? new(id, time, timestamp, written.Array!, bodyStart, written.Count) // TryGetArray said that there is one
            : throw new InvalidOperationException("A writer over an array has an array.");
    }

    /// <summary>The body for one attempt to send it.</summary>
    public HttpContent ToContent() => new ByteArrayContent(bytes, bodyStart, length - bodyStart);

    private static string TimestampOf(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static int PrefixLength(string id, string timestamp) => id.Length + timestamp.Length + 2;

    private static void WritePrefix(string id, string timestamp, Span<byte> bytes) => Utf8.TryWrite(bytes, $"{id}.{timestamp}.", out _);
}
