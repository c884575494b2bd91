using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>true or false.</summary>
internal sealed class BooleanShape : Shape
{
    public override string Expected => "true or false";

    public override JsonObject Describe() => new() { ["type"] = "boolean" };

    public override void Check(ref Walk walk)
    {
        if (walk.Token is not (JsonTokenType.True or JsonTokenType.False)) walk.FailType(Expected);
    }
}
