using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>How long or how many.</summary>
internal sealed record LengthRule(int? Min, int? Max, string Message)
{
    public static LengthRule None { get; } = new(null, null, "");

    public bool IsNone => Min is null && Max is null;

    public bool Holds(int length) => !(length < Min || length > Max);

    /// <summary>Counts characters only when the number of bytes leaves a doubt.</summary>
    public bool HoldsFor(ReadOnlySpan<byte> escaped, bool isEscaped) =>
        (escaped.Length <= (Max ?? int.MaxValue) && !isEscaped && escaped.Length / 4 >= (Min ?? 0))
        || Holds(JsonText.CountCharacters(escaped, isEscaped));

    public void Describe(JsonObject schema, string min, string max)
    {
        if (Min is not null and not 0) schema[min] = Min;
        if (Max is not null) schema[max] = Max;
    }
}
