using System.Buffers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Texts as they are kept and shown.</summary>
internal static class RecordText
{
    /// <summary>Longest input or output that is shown, in characters; the rest is cut off.</summary>
    private const int Kept = 64 * 1024;

    /// <summary>A document with its secrets and <c>[Sensitive]</c> fields masked; <c>null</c>: there is nothing to show.</summary>
    public static string? Masked(JsonContract contract, ReadOnlySpan<byte> json)
    {
        var scratch = Scratch.Mine;
        scratch.Text.ResetWrittenCount();
        scratch.Writer.Reset();
        try
        {
            contract.Mask(json, scratch.Writer);
        }
        catch (JsonException)
        {
            return null; // refused as input
        }

        scratch.Writer.Flush();
        var written = scratch.Text.WrittenSpan;
        var text = written.SequenceEqual("null"u8)
            ? null
            : Encoding.ASCII.GetString(written[..Math.Min(written.Length, Kept)]); // the writer escapes all else
        if (scratch.Text.Capacity > Kept) Scratch.Forget();
        return text;
    }

    /// <summary>What a provider says may hold what PostgreSQL does not take.</summary>
    public static string? Storable(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private sealed class Scratch
    {
        [ThreadStatic]
        private static Scratch? mine;

        private Scratch() => Writer = new Utf8JsonWriter(Text);

        public static Scratch Mine => mine ??= new Scratch();

        public ArrayBufferWriter<byte> Text { get; } = new();

        public Utf8JsonWriter Writer { get; }

        public static void Forget() => mine = null;
    }
}
