using System.Buffers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Makes the text that is kept of inputs and outputs. Used by one at a time, for as many as it likes.</summary>
internal sealed class MaskedText : IDisposable
{
    /// <summary>Longest input or output that is kept, in characters; the rest is cut off in view only.</summary>
    private const int Kept = 64 * 1024;

    private readonly ArrayBufferWriter<byte> text = new();
    private readonly Utf8JsonWriter writer;

    public MaskedText() => writer = new Utf8JsonWriter(text);

    /// <summary>The row of a run with its input and output, as the database takes it.</summary>
    public Execution Fill(ExecutionRecord record)
    {
        var execution = record.Execution;
        execution.Input = Of(record.Input, record.InputJson);
        execution.Output = record.Output is null ? null : Of(record.Output, record.OutputJson);
        execution.ErrorMessage = Storable(execution.ErrorMessage);
        return execution;
    }

    /// <summary>A document with its secrets masked; <c>null</c>: there is nothing to show.</summary>
    public string? Of(JsonContract contract, ReadOnlyMemory<byte> json)
    {
        text.ResetWrittenCount();
        writer.Reset();
        try
        {
            contract.Mask(json.Span, writer);
        }
        catch (JsonException)
        {
            return null; // refused as input
        }

        writer.Flush();
        return text.WrittenSpan.SequenceEqual("null"u8)
            ? null
            : Encoding.ASCII.GetString(text.WrittenSpan[..Math.Min(text.WrittenCount, Kept)]); // the writer escapes all else
    }

    public void Dispose() => writer.Dispose();

    // What a provider says may hold what PostgreSQL does not take.
    private static string? Storable(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
