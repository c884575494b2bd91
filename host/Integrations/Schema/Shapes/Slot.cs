using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A place for a value: its shape, and whether null may stand there instead.</summary>
internal readonly record struct Slot(Shape Shape, bool AcceptsNull)
{
    public void Check(ref Walk walk, bool isOptional)
    {
        if (walk.Token != JsonTokenType.Null || Shape is AnyShape { AcceptsNull: true }) Shape.Check(ref walk);
        else if (!AcceptsNull) walk.Fail($"null is not allowed here. Give {Shape.Expected}{(isOptional ? " or leave it out" : "")}.");
    }

    public JsonObject Describe()
    {
        var schema = Shape.Describe();
        if (!AcceptsNull) return schema;
        switch (schema["type"])
        {
            case JsonValue type:
                schema["type"] = new JsonArray(type.DeepClone(), "null");
                break;
            case JsonArray types:
                types.Add("null");
                break;
        }

        if (schema["enum"] is JsonArray allowed) allowed.Add(null);
        if (schema["oneOf"] is not JsonArray branches) return schema;
        schema.Remove("type");
        branches.Add(new JsonObject { ["type"] = "null" });
        return schema;
    }
}
