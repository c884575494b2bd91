using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>What is hashed, byte for byte. It never changes: another form would need a number of its own.</summary>
internal static class SealFormat
{
    /// <summary>An id and a hash.</summary>
    public const int EntryLength = 16 + SHA256.HashSizeInBytes;

    public static string FirstHash { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>SHA-256 of the JSON array of all that an event says, in UTF-8 without white space: id, time in UTC with six decimals, tenant,
    /// actor, action, subject, both revisions, and the details as text.</summary>
    public static byte[] Hash(AuditEvent e)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            json.WriteStringValue(e.Id);
            json.WriteStringValue(Time(e.At));
            json.WriteStringValue(e.TenantId?.ToString("D"));
            json.WriteStringValue(e.Actor);
            json.WriteStringValue(e.Action);
            json.WriteStringValue(e.Subject);
            Write(json, e.FromRevision);
            Write(json, e.ToRevision);
            json.WriteStringValue(e.Details);
            json.WriteEndArray();
        }

        return SHA256.HashData(bytes.WrittenSpan);
    }

    public static byte[] Entries(IEnumerable<AuditEvent> events) => [.. events.SelectMany(e => (byte[])[.. e.Id.ToByteArray(bigEndian: true), .. Hash(e)])];

    public static IEnumerable<(Guid Id, byte[] Hash)> Read(byte[] entries) => entries.Chunk(EntryLength)
        .Where(entry => entry.Length == EntryLength)
        .Select(entry => (new Guid(entry.AsSpan(0, 16), bigEndian: true), entry[16..]));

    public static string Hash(string previous, long number, byte[] entries)
    {
        var head = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(head, number);
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(previous), .. head, .. entries]));
    }

    public static string Mac(IAuditKey key, AuditSeal seal) =>
        Mac(key, $"seal {seal.Number} {Time(seal.NewestAt)} {Time(seal.SealedAt)} {seal.PreviousHash} {seal.Hash}");

    public static string Checkpoint(IAuditKey key, AuditSeal seal) => Mac(key, $"checkpoint {seal.Number} {seal.Hash}");

    private static string Mac(IAuditKey key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Bytes.Span, Encoding.UTF8.GetBytes(text)));

    // As precise as both databases are.
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, int? number)
    {
        if (number is { } value) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }
}
