using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;

namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>Holds a document against a shape and lists what is wrong.</summary>
internal static class DocumentCheck
{
    public static List<FieldError> Run(Slot root, ReadOnlySpan<byte> document)
    {
        var errors = new List<FieldError>();
        if (!Utf8.IsValid(document))
        {
            errors.Add(new FieldError("", $"Not valid UTF-8 {Position(document, FirstInvalid(document))}. Send JSON in UTF-8."));
            return errors;
        }

        if (document.StartsWith(Encoding.UTF8.Preamble))
        {
            errors.Add(new FieldError("", "Begins with a byte order mark. Send the JSON without it."));
            return errors;
        }

        var walk = new Walk(document, errors);
        try
        {
            walk.Reader.Read();
            root.Check(ref walk, isOptional: false);
            walk.Reader.Read(); // nothing may follow
        }
        catch (WalkEndedException)
        {
        }
        catch (JsonException exception)
        {
            // Nothing that was found before means much in a document that is cut or garbled.
            errors.Clear();
            errors.Add(new FieldError("", Syntax(document, exception)));
        }

        return errors;
    }

    private static string Syntax(ReadOnlySpan<byte> document, JsonException exception)
    {
        if (document.Trim(" \t\r\n"u8).IsEmpty) return "Empty. Send a JSON document.";
        var offset = LineStart(document, exception.LineNumber ?? 0) + (int)(exception.BytePositionInLine ?? 0);
        return $"Not valid JSON {Position(document, Math.Min(offset, document.Length))}. Check quotes, commas and brackets there.";
    }

    private static int LineStart(ReadOnlySpan<byte> document, long line)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            var end = document[start..].IndexOf((byte)'\n');
            if (end < 0) break;
            start += end + 1;
        }

        return start;
    }

    private static string Position(ReadOnlySpan<byte> document, int offset)
    {
        var before = document[..offset];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return $"at line {line}, column {column}";
    }

    private static int FirstInvalid(ReadOnlySpan<byte> document)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(document[offset..], out _, out var consumed) == System.Buffers.OperationStatus.Done) offset += consumed;
        return offset;
    }
}
