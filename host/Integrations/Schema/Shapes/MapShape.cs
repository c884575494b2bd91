using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>An object whose keys are free and whose values have one shape.</summary>
internal sealed class MapShape(Slot value, LengthRule length) : Shape
{
    public override string Expected => "an object";

    public override bool HoldsSecrets => value.Shape.HoldsSecrets;

    public override bool HasRules => value.Shape.HasRules;

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = value.Describe() };
        length.Describe(schema, "minProperties", "maxProperties");
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.Enter(JsonTokenType.StartObject, Expected)) return;
        var names = default(NameSet);
        var count = 0;
        for (; walk.Reader.Read() && walk.Token != JsonTokenType.EndObject; count++)
        {
            walk.PushKey();
            walk.CheckKey(ref names);
            walk.Reader.Read();
            value.Check(ref walk, isOptional: false);
            walk.Pop();
        }

        if (!length.Holds(count)) walk.Fail(length.Message);
    }

    public override void CheckRules(object map, string path, List<FieldError> errors)
    {
        // Whatever the record declares, the serialiser makes a Dictionary.
        foreach (DictionaryEntry entry in (IDictionary)map)
        {
            if (entry is { Key: string key, Value: { } element })
                value.Shape.CheckRules(element, path.Length == 0 ? key : $"{path}.{key}", errors);
        }
    }

    public override void FindSecrets(JsonNode? node, SecretSearch search)
    {
        if (!HoldsSecrets || node is not JsonObject map) return;
        foreach (var (key, element) in map)
        {
            search.Enter(key);
            value.Shape.FindSecrets(element, search);
            search.Leave();
        }
    }

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (HoldsSecrets) Hide(ref reader, writer);
            else base.Mask(ref reader, writer);
            return;
        }

        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            JsonCopy.Token(ref reader, writer);
            reader.Read();
            value.Shape.Mask(ref reader, writer);
        }

        writer.WriteEndObject();
    }

    public override IEnumerable<Shape> Below(string name) => [value.Shape];

    public override JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (node is not JsonObject map) return null;
        if (path.IsEmpty) return HoldsSecrets ? null : map;

        // A key may hold dots.
        for (var length = path.Length; length > 0; length--)
        {
            if (map.TryGetPropertyValue(string.Join('.', path[..length]), out var element))
                return value.Shape.Effective(element, path[length..]);
        }

        return null;
    }
}
