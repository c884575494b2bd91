using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>One pass over a document that collects everything that is wrong with it. The shapes drive it: each reads its own value and
/// leaves the reader on the value's last token.</summary>
internal ref struct Walk
{
    /// <summary>How deep a document may nest.</summary>
    public const int MaxDepth = 64;

    private const int MaxErrors = 100;
    private const int LongestEcho = 40;

    // The reader's own limit lies above ours, so that ours is the one that is told.
    public Utf8JsonReader Reader;

    private readonly ReadOnlySpan<byte> document;
    private readonly List<FieldError> errors;
    private PathPart[] path = new PathPart[8];
    private int pathLength;
    private int sensitive;

    public Walk(ReadOnlySpan<byte> document, List<FieldError> errors)
    {
        this.document = document;
        this.errors = errors;
        Reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = MaxDepth + 8 });
    }

    public readonly JsonTokenType Token => Reader.TokenType;

    public void Push(PathPart part)
    {
        if (pathLength == path.Length) Array.Resize(ref path, path.Length * 2);
        path[pathLength++] = part;
    }

    /// <summary>Steps into the member whose name the reader stands on.</summary>
    public void PushKey() => Push(PathPart.Key(KeyStart, Reader.ValueSpan.Length));

    public void Pop() => pathLength--;

    public void EnterSensitive() => sensitive++;

    public void LeaveSensitive() => sensitive--;

    public void Fail(string message)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pathLength; i++) path[i].AppendTo(text, document);
        errors.Add(new FieldError(text.ToString(), message));
        if (errors.Count < MaxErrors) return;
        errors.Add(new FieldError("", $"There is more: only the first {MaxErrors} errors are listed."));
        throw new WalkEndedException();
    }

    public void Fail(PathPart part, string message)
    {
        Push(part);
        Fail(message);
        Pop();
    }

    /// <summary>Passes over a value of the wrong type and says what is expected.</summary>
    public void FailType(string expected)
    {
        Fail(Token == JsonTokenType.Null ? $"null is not allowed here. Give {expected}." : $"Expected {expected}, got {Got(Token)}.");
        Skip();
    }

    /// <summary>Whether the value is of this type; if not, it is told and passed over.</summary>
    public bool Expect(JsonTokenType token, string expected)
    {
        if (Token == token) return true;
        FailType(expected);
        return false;
    }

    /// <summary>Whether the value is a string that can be stored; if not, it is told.</summary>
    public bool ExpectText(string expected)
    {
        if (!Expect(JsonTokenType.String, expected)) return false;
        if (!Reader.ValueIsEscaped || JsonText.Fault(Reader.ValueSpan) is not { } fault) return true;
        Fail(fault);
        return false;
    }

    /// <summary>Whether the value is an object or a list, as asked for, that may be entered; if not, it is told and passed over.</summary>
    public bool Enter(JsonTokenType start, string expected)
    {
        if (!Expect(start, expected)) return false;
        CheckDepth();
        return true;
    }

    /// <summary>Checks the name that the reader stands on, in an object whose names are free.</summary>
    public void CheckKey(ref NameSet names)
    {
        if (Reader.ValueIsEscaped && JsonText.Fault(Reader.ValueSpan) is { } fault) Fail(fault);
        else if (!names.Add(document, KeyStart, Reader.ValueSpan.Length, Reader.ValueIsEscaped)) Fail("Given twice. Give it once.");
    }

    /// <summary>The value, to be quoted in a message: empty where it must not be told or is too long.</summary>
    public readonly string Quote()
    {
        if (sensitive > 0 || Reader.ValueSpan.Length > LongestEcho) return "This";
        var text = PathPart.Shown(Reader.ValueSpan);
        return Token == JsonTokenType.String ? $"\"{text}\"" : text;
    }

    /// <summary>Passes over the value that the reader stands on.</summary>
    public void Skip()
    {
        if (Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = Reader.CurrentDepth;
        do
        {
            CheckDepth();
            Reader.Read();
        }
        while (Reader.CurrentDepth > depth);
    }

    private void CheckDepth()
    {
        if (Reader.CurrentDepth < MaxDepth || Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        Fail($"Nested more than {MaxDepth} levels deep. Make it flatter.");
        throw new WalkEndedException();
    }

    private readonly int KeyStart => checked((int)Reader.TokenStartIndex + 1);

    private static string Got(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };
}

/// <summary>Ends a walk early: going on would only cost time.</summary>
internal sealed class WalkEndedException : Exception;
