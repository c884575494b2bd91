using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape(Slot item, LengthRule length) : Shape
{
    public override string Expected => "a list";

    public override bool HasRules => item.Shape.HasRules;

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Describe() };
        length.Describe(schema, "minItems", "maxItems");
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.Enter(JsonTokenType.StartArray, Expected)) return;
        var count = 0;
        for (; walk.Reader.Read() && walk.Token != JsonTokenType.EndArray; count++)
        {
            walk.Push(PathPart.Index(count));
            item.Check(ref walk, isOptional: false);
            walk.Pop();
        }

        if (!length.Holds(count)) walk.Fail(length.Message);
    }

    public override void CheckRules(object value, string path, List<FieldError> errors)
    {
        var index = 0;
        foreach (var element in (IEnumerable)value)
        {
            if (element is not null) item.Shape.CheckRules(element, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", errors);
            index++;
        }
    }

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            base.Mask(ref reader, writer);
            return;
        }

        writer.WriteStartArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) item.Shape.Mask(ref reader, writer);
        writer.WriteEndArray();
    }
}
