using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Makes the ids of executions: UUIDv7, which order by time (RFC 9562, section 5.7).</summary>
internal static class ExecutionId
{
    /// <summary>The same as <see cref="Guid.CreateVersion7()"/> without asking the system for its random part on every call.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "An id of an execution opens nothing: it only has to differ from others.")]
    public static Guid New()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        Random.Shared.NextBytes(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The lowest id of a time: those that are made then or later are not lower.</summary>
    public static Guid First(DateTimeOffset time, TimeSpan later = default)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds() + (long)later.TotalMilliseconds) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
