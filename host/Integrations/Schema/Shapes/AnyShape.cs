using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>Any JSON, any object or any list.</summary>
internal sealed class AnyShape : Shape
{
    private readonly JsonTokenType? only;

    private AnyShape(JsonTokenType? only) => this.only = only;

    /// <summary>Whether null is one of its values, rather than none.</summary>
    public bool AcceptsNull { get; private init; }

    public bool IsObject => only == JsonTokenType.StartObject;

    public override string Expected => only switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        _ => "a JSON value",
    };

    public static AnyShape? Of(Type type) =>
        type == typeof(JsonElement) ? new(null) { AcceptsNull = true }
        : type == typeof(JsonNode) ? new AnyShape(null)
        : type == typeof(JsonObject) ? new(JsonTokenType.StartObject)
        : type == typeof(JsonArray) ? new(JsonTokenType.StartArray)
        : null;

    public override JsonObject Describe() => only switch
    {
        JsonTokenType.StartObject => new() { ["type"] = "object" },
        JsonTokenType.StartArray => new() { ["type"] = "array" },
        _ when AcceptsNull => [],
        _ => new() { ["type"] = new JsonArray("object", "array", "string", "number", "boolean") },
    };

    public override void Check(ref Walk walk)
    {
        if (only is { } token && !walk.Expect(token, Expected)) return;
        CheckValue(ref walk);
    }

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer) => JsonCopy.Value(ref reader, writer);

    public override JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path) =>
        path.IsEmpty ? node
        : node is JsonObject below && below.TryGetPropertyValue(path[0], out var value) ? Effective(value, path[1..]) : null;

    // Depth is bounded by the walk.
    private static void CheckValue(ref Walk walk)
    {
        switch (walk.Token)
        {
            case JsonTokenType.String:
                walk.ExpectText("a string");
                break;
            case JsonTokenType.StartArray when walk.Enter(JsonTokenType.StartArray, "a list"):
                for (var i = 0; walk.Reader.Read() && walk.Token != JsonTokenType.EndArray; i++)
                {
                    walk.Push(PathPart.Index(i));
                    CheckValue(ref walk);
                    walk.Pop();
                }

                break;
            case JsonTokenType.StartObject when walk.Enter(JsonTokenType.StartObject, "an object"):
                var names = default(NameSet);
                while (walk.Reader.Read() && walk.Token != JsonTokenType.EndObject)
                {
                    walk.PushKey();
                    walk.CheckKey(ref names);
                    walk.Reader.Read();
                    CheckValue(ref walk);
                    walk.Pop();
                }

                break;
        }
    }
}
