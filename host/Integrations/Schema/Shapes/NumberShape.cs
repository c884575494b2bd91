using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A number that need not be whole.</summary>
internal sealed class NumberShape(Type type, NumberBounds bounds) : Shape
{
    public static bool Is(Type type) => type == typeof(decimal) || type == typeof(double) || type == typeof(float);

    public override string Expected => bounds.Say("a number");

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "number" };
        bounds.Describe(schema);
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.Expect(JsonTokenType.Number, Expected)) return;
        if (!Fits(ref walk)) walk.Fail($"{walk.Quote()} is too large to be kept. Give {Expected}.");
        else if (!Holds(ref walk)) walk.Fail(bounds.Message ?? $"{walk.Quote()} is out of range. Give {Expected}.");
    }

    private bool Fits(ref Walk walk) =>
        type == typeof(decimal) ? walk.Reader.TryGetDecimal(out _)
        : type == typeof(double) ? walk.Reader.TryGetDouble(out var number) && double.IsFinite(number)
        : walk.Reader.TryGetSingle(out var single) && float.IsFinite(single);

    private bool Holds(ref Walk walk) =>
        type == typeof(decimal) ? bounds.Holds(walk.Reader.GetDecimal()) : bounds.Holds(walk.Reader.GetDouble());
}
