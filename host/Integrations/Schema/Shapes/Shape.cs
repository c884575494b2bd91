using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>What a JSON value has to look like. One tree of shapes per contract serves the schema, the binding, the search for secrets
/// and the masking, so that they cannot disagree. Immutable.</summary>
internal abstract class Shape
{
    private const string Masked = "[masked]";

    /// <summary>What to give, for messages: <c>a string</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Whether a secret stands at this place or below it.</summary>
    public virtual bool HoldsSecrets => false;

    /// <summary>Whether there are rules to be held against the bound value, here or below.</summary>
    public virtual bool HasRules => false;

    /// <summary>A new JSON Schema of it.</summary>
    public abstract JsonObject Describe();

    /// <summary>Tells what is wrong with the value that the walk stands on, and leaves the walk on the value's last token.</summary>
    public abstract void Check(ref Walk walk);

    /// <summary>Holds the rules of the plugin's own against a bound value.</summary>
    public virtual void CheckRules(object value, string path, List<FieldError> errors)
    {
    }

    /// <summary>Adds the secrets of a document's part; <paramref name="node"/> may be absent or malformed.</summary>
    public virtual void FindSecrets(JsonNode? node, SecretSearch search)
    {
    }

    /// <summary>Writes the value that the reader stands on so that it is fit to be shown, and leaves the reader on the value's last token.
    /// Whatever the shape does not know is masked: it may be a secret in the wrong place.</summary>
    public virtual void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) Hide(ref reader, writer);
        else JsonCopy.Value(ref reader, writer);
    }

    /// <summary>The shapes that may stand at a member or key below it; none when there is no such place.</summary>
    public virtual IEnumerable<Shape> Below(string name) => [];

    /// <summary>What holds at a path when <paramref name="node"/> stands here: the value, or the default of what is absent.</summary>
    public virtual JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path) => path.IsEmpty ? node : null;

    /// <summary>Masks the value that the reader stands on. That there is none may be seen.</summary>
    protected static void Hide(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            writer.WriteNullValue();
            return;
        }

        reader.Skip();
        writer.WriteStringValue(Masked);
    }
}
