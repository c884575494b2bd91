using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>JSON in the form of YAML. What is not quoted is null, true, false or a number only where JSON writes it so, and text
/// otherwise: <c>no</c>, <c>0x10</c> and <c>2026-01-31</c> are text, <c>1e3</c> is a number. Aliases, tags, merge keys and several documents are
/// refused.</summary>
internal static partial class YamlText
{
    private const int MaxDepth = 64;

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: with the line, and nothing of what stands there.</exception>
    public static JsonNode? Read(string yaml)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(yaml), skipComments: true));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var root = Read(parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out var next)) throw Refuse(parser.Current ?? next, "There is a second document. Send one.");
            return root;
        }
        catch (YamlException fault)
        {
            throw new ProblemException(
                ProblemCode.InvalidRequest, $"Not valid YAML at {At(fault.Start)}. Check indentation, colons and quotes there.", fault);
        }
    }

    /// <summary>Block style, two spaces, every text in double quotes: the same JSON is the same YAML.</summary>
    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.ToString();
    }

    private static JsonNode? Read(Parser parser, int depth)
    {
        var next = parser.Consume<ParsingEvent>();
        if (next is AnchorAlias) throw Refuse(next, "An alias is not taken. Write out what it stands for.");
        if (next is not NodeEvent node) throw Refuse(next, "Something is missing here.");
        if (!node.Anchor.IsEmpty) throw Refuse(node, "An anchor is not taken. Remove it.");
        if (!node.Tag.IsEmpty) throw Refuse(node, "A tag is not taken. Remove it, and quote what is text.");
        if (depth > MaxDepth) throw Refuse(node, $"Nested more than {MaxDepth} levels deep. Make it flatter.");
        return node switch
        {
            YamlScalar { Style: ScalarStyle.Plain } plain => Value(plain),
            YamlScalar quoted => JsonValue.Create(quoted.Value),
            MappingStart => ReadMembers(parser, depth),
            _ => ReadItems(parser, depth),
        };
    }

    private static JsonObject ReadMembers(Parser parser, int depth)
    {
        var members = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = parser.Consume<ParsingEvent>();
            if (at is not YamlScalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } name) throw Refuse(at, "A name is plain text. Aliases, tags and lists are not.");
            if (name is { Style: ScalarStyle.Plain, Value: "<<" }) throw Refuse(name, "A merge key is not taken. Write out what it stands for.");
            if (!members.TryAdd(name.Value, Read(parser, depth + 1))) throw Refuse(name, "The same name stands here a second time. Give it once.");
        }

        return members;
    }

    private static JsonArray ReadItems(Parser parser, int depth)
    {
        var items = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Read(parser, depth + 1));
        return items;
    }

    private static JsonNode? Value(YamlScalar plain) => plain.Value switch
    {
        "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        "" or "~" => throw Refuse(plain, "Nothing stands here. Write null, or \"\" for an empty text."),
        var text => Number().IsMatch(text) ? JsonNode.Parse(text) : JsonValue.Create(text),
    };

    private static void Write(StringBuilder text, JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } members:
                var isFirst = true;
                foreach (var (name, value) in members)
                {
                    if (!isFirst) text.Append(' ', indent);
                    isFirst = false;
                    if (PlainName().IsMatch(name)) text.Append(name);
                    else Quote(text, name);
                    WriteBelow(text.Append(':'), value, indent + 2);
                }

                break;
            case JsonArray { Count: > 0 } items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(' ', indent);
                    text.Append("- ");
                    Write(text, items[i], indent + 2);
                }

                break;
            case JsonObject:
                text.Append("{}\n");
                break;
            case JsonArray:
                text.Append("[]\n");
                break;
            case JsonValue value when value.GetValueKind() is System.Text.Json.JsonValueKind.String:
                Quote(text, value.GetValue<string>());
                text.Append('\n');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null").Append('\n');
                break;
        }
    }

    private static void WriteBelow(StringBuilder text, JsonNode? value, int indent)
    {
        if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 }) text.Append('\n').Append(' ', indent);
        else text.Append(' ');
        Write(text, value, indent);
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c is '\n') text.Append("\\n");
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else text.Append(c);
        }

        text.Append('"');
    }

    private static ProblemException Refuse(ParsingEvent? at, string message) =>
        new(ProblemCode.InvalidRequest, $"The YAML cannot be taken: {message} ({At(at?.Start ?? Mark.Empty)})");

    private static string At(Mark mark) => $"line {mark.Line}, column {mark.Column}";

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();

    // No word that another reader of YAML takes for something else.
    [GeneratedRegex(@"\A(?!(?:null|true|false|yes|no|on|off|y|n)\z)[A-Za-z_][A-Za-z0-9_-]*\z", RegexOptions.IgnoreCase)]
    private static partial Regex PlainName();
}
