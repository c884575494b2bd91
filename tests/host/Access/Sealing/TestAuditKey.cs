using Vaka.Plugins.Host.Access.Sealing;

namespace Vaka.Plugins.Host.Tests.Access.Sealing;

/// <summary>A key without the room that keeps secrets.</summary>
internal sealed class TestAuditKey(string text = "a key that is not in the database") : IAuditKey
{
    public ReadOnlyMemory<byte> Bytes { get; } = System.Text.Encoding.UTF8.GetBytes(text);
}
