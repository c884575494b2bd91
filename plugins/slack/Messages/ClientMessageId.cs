using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>The id that every attempt of one post carries. Slack wants a UUID.</summary>
internal static class ClientMessageId
{
    public static Guid Of(string deduplicationKey)
    {
        if (Guid.TryParseExact(deduplicationKey, "N", out var id) || Guid.TryParseExact(deduplicationKey, "D", out id)) return id;
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(deduplicationKey), bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80); // version 8 of RFC 9562: of our own making
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
