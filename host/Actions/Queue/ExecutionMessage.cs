namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>A message's body: 16 bytes of the execution's id and 16 of its lane, each in the order in which a UUID is written. A different body
/// would need a queue of another name, because hosts of two versions may share one.</summary>
internal static class ExecutionMessage
{
    public const int Length = 32;

    public static byte[] Write(WaitingExecution execution)
    {
        var body = new byte[Length];
        execution.Id.TryWriteBytes(body, bigEndian: true, out _);
        execution.Lane.TryWriteBytes(body.AsSpan(16), bigEndian: true, out _);
        return body;
    }

    /// <summary><c>null</c>: not one of ours.</summary>
    public static WaitingExecution? Read(ReadOnlySpan<byte> body, string? traceParent = null) => body.Length == Length
        ? new WaitingExecution(new Guid(body[..16], bigEndian: true), new Guid(body[16..], bigEndian: true), traceParent)
        : null;
}
