using System.Globalization;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>The range of a number.</summary>
internal sealed record NumberBounds(decimal? Min, bool MinIsExclusive, decimal? Max, bool MaxIsExclusive)
{
    public static NumberBounds None { get; } = new(null, false, null, false);

    /// <summary>What to give instead, when the author of the record has words of his own.</summary>
    public string? Message { get; init; }

    public bool Holds(decimal value) =>
        !(value < Min || value > Max || (MinIsExclusive && value == Min) || (MaxIsExclusive && value == Max));

    public bool Holds(double value) =>
        !(value < (double?)Min || value > (double?)Max
            || (MinIsExclusive && value == (double?)Min) || (MaxIsExclusive && value == (double?)Max));

    public void Describe(JsonObject schema)
    {
        if (Min is not null) schema[MinIsExclusive ? "exclusiveMinimum" : "minimum"] = Min;
        if (Max is not null) schema[MaxIsExclusive ? "exclusiveMaximum" : "maximum"] = Max;
    }

    /// <summary>Such as <c>a number from 1 to 65535</c>.</summary>
    public string Say(string what)
    {
        if (Min is not null && Max is not null && !MinIsExclusive && !MaxIsExclusive) return $"{what} from {Text(Min)} to {Text(Max)}";
        string?[] limits =
        [
            Min is null ? null : (MinIsExclusive ? "above " : "of at least ") + Text(Min),
            Max is null ? null : (MaxIsExclusive ? "below " : "of at most ") + Text(Max),
        ];
        return string.Join(' ', [what, string.Join(" and ", limits.OfType<string>())]).TrimEnd();
    }

    private static string Text(decimal? value) => value?.ToString("0.#############################", CultureInfo.InvariantCulture) ?? "";
}
