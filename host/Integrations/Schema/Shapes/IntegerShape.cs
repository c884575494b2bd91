using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A whole number.</summary>
internal sealed class IntegerShape(Type type, NumberBounds bounds, IReadOnlyList<long>? allowed, string? allowedMessage) : Shape
{
    private static readonly Dictionary<Type, (decimal Min, decimal Max, string? Format)> Types = new()
    {
        [typeof(sbyte)] = (sbyte.MinValue, sbyte.MaxValue, null),
        [typeof(byte)] = (byte.MinValue, byte.MaxValue, null),
        [typeof(short)] = (short.MinValue, short.MaxValue, null),
        [typeof(ushort)] = (ushort.MinValue, ushort.MaxValue, null),
        [typeof(int)] = (int.MinValue, int.MaxValue, "int32"),
        [typeof(uint)] = (uint.MinValue, uint.MaxValue, null),
        [typeof(long)] = (long.MinValue, long.MaxValue, "int64"),
        [typeof(ulong)] = (ulong.MinValue, ulong.MaxValue, null),
    };

    private readonly (decimal Min, decimal Max, string? Format) range = Types[type];
    private readonly NumberBounds shown = Types[type].Format is not null
        ? bounds
        : bounds with { Min = bounds.Min ?? Types[type].Min, Max = bounds.Max ?? Types[type].Max };

    public static bool Is(Type type) => Types.ContainsKey(type);

    public override string Expected => shown.Say("a whole number");

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "integer" };
        if (range.Format is not null) schema["format"] = range.Format;
        shown.Describe(schema);
        if (allowed is not null) schema["enum"] = new JsonArray([.. allowed.Select(value => (JsonNode)value)]);
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.Expect(JsonTokenType.Number, Expected)) return;
        if (walk.Reader.ValueSpan.IndexOfAny(".eE"u8) >= 0)
        {
            walk.Fail($"{walk.Quote()} is not written as a whole number. Give {Expected}, without fraction or exponent.");
            return;
        }

        if (!walk.Reader.TryGetDecimal(out var value) || value < range.Min || value > range.Max)
        {
            var limits = new NumberBounds(bounds.Min ?? range.Min, bounds.MinIsExclusive, bounds.Max ?? range.Max, bounds.MaxIsExclusive);
            walk.Fail($"{walk.Quote()} is out of range. Give {limits.Say("a whole number")}.");
        }
        else if (!bounds.Holds(value))
        {
            walk.Fail(bounds.Message ?? $"{walk.Quote()} is out of range. Give {Expected}.");
        }
        else if (allowed is not null && !allowed.Contains((long)value))
        {
            walk.Fail(allowedMessage ?? "");
        }
    }
}
