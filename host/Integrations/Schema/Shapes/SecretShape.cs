using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A secret: a string that goes in and never comes out.</summary>
internal sealed class SecretShape(TextRules rules, IReadOnlyList<string> boundTo) : Shape
{
    public override string Expected => "a string";

    public override bool HoldsSecrets => true;

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "string", ["writeOnly"] = true, ["x-secret"] = true };
        rules.Describe(schema);
        if (boundTo.Count > 0) schema["x-secret-for"] = new JsonArray([.. boundTo.Select(path => (JsonNode)path)]);
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (walk.ExpectText(Expected)) rules.Check(ref walk);
    }

    public override void FindSecrets(JsonNode? node, SecretSearch search) => search.Found(boundTo);

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer) => Hide(ref reader, writer);

    /// <summary>A secret is never compared: it may be there in an envelope, in plain or, kept as it is, not at all.</summary>
    public override JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path) => null;
}
