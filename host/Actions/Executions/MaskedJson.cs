using System.Buffers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Inputs and outputs as people may see them: secrets and <c>[Sensitive]</c> fields masked, and cut where they are very long. Keeps
/// its memory from one to the next; used by one at a time.</summary>
internal sealed class MaskedJson : IDisposable
{
    /// <summary>The most that is kept, in characters; the rest is cut off in view only.</summary>
    private const int Kept = 64 * 1024;

    private readonly ArrayBufferWriter<byte> text = new();
    private readonly Utf8JsonWriter writer;

    public MaskedJson() => writer = new Utf8JsonWriter(text);

    /// <summary><c>null</c>: there is nothing, or it is no JSON.</summary>
    public string? Mask(JsonContract contract, ReadOnlySpan<byte> json)
    {
        text.ResetWrittenCount();
        writer.Reset();
        try
        {
            contract.Mask(json, writer);
        }
        catch (JsonException)
        {
            return null; // refused as input: there is nothing to show
        }

        writer.Flush();
        return text.WrittenSpan.SequenceEqual("null"u8)
            ? null
            : Encoding.ASCII.GetString(text.WrittenSpan[..Math.Min(text.WrittenCount, Kept)]); // the writer escapes all else
    }

    public void Dispose() => writer.Dispose();
}
