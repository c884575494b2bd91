using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A string.</summary>
internal sealed class TextShape(TextRules rules) : Shape
{
    public override string Expected => "a string";

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "string" };
        rules.Describe(schema);
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (walk.ExpectText(Expected)) rules.Check(ref walk);
    }
}
