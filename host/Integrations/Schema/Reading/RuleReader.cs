using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Makes rules of the platform's validation attributes.</summary>
internal static class RuleReader
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    public static TextRules Text(Facets facets, string place)
    {
        var required = facets.Take<RequiredAttribute>();
        var pattern = facets.Take<RegularExpressionAttribute>();
        var allowed = facets.Take<AllowedValuesAttribute>();
        var url = facets.Take<UrlAttribute>();
        var email = facets.Take<EmailAddressAttribute>();
        if (url is not null && email is not null)
            throw new ProviderCheckException($"{place}: [Url] and [EmailAddress] exclude each other.");
        var values = allowed is null ? null : Strings(allowed, place);
        return new TextRules
        {
            Length = Length(facets, place, "character", facets.Take<StringLengthAttribute>()),
            BlankMessage = required is null or { AllowEmptyStrings: true } ? null : facets.Message(required, "Empty. Give a value."),
            Pattern = pattern is null ? null : Pattern(pattern.Pattern, place),
            PatternText = pattern is null ? null : Whole(pattern.Pattern),
            PatternMessage = pattern is null ? null
                : facets.Message(pattern, $"Does not have the form that is asked for: {pattern.Pattern}"),
            Allowed = values,
            AllowedMessage = values is null || allowed is null ? null
                : facets.Message(allowed, $"Not known here. Give one of: {string.Join(", ", values)}."),
            Format = url is not null ? TextFormat.Url : email is not null ? TextFormat.Email : null,
            FormatMessage = url is not null
                ? facets.Message(url, "Not a URL. Give an absolute http or https URL, such as https://example.com/path.")
                : email is not null ? facets.Message(email, "Not a mail address. Give a bare address, such as name@example.com.")
                : null,
        };
    }

    /// <param name="unit">What is counted, in the singular.</param>
    public static LengthRule Length(Facets facets, string place, string unit, StringLengthAttribute? text = null)
    {
        var (min, max, length) = (facets.Take<MinLengthAttribute>(), facets.Take<MaxLengthAttribute>(), facets.Take<LengthAttribute>());
        var least = text is { MinimumLength: > 0 } ? text.MinimumLength : min?.Length ?? length?.MinimumLength;
        var most = text?.MaximumLength ?? (max is { Length: > 0 } ? max.Length : length?.MaximumLength);
        if (least is null && most is null) return LengthRule.None;
        if (least < 0 || least > most) throw new ProviderCheckException($"{place}: no length is at least {least} and at most {most}.");
        var ours = (least ?? 0, most) switch
        {
            (0, int to) => $"Too long. Give at most {Count(to, unit)}.",
            (int from, null) => $"Too short. Give at least {Count(from, unit)}.",
            (int from, int to) when from == to => $"Give exactly {Count(to, unit)}.",
            (int from, int to) => $"Give {from} to {Count(to, unit)}.",
        };
        ValidationAttribute? source = text ?? (ValidationAttribute?)length ?? min ?? (ValidationAttribute?)max;
        return new LengthRule(least, most, source is null ? ours : facets.Message(source, ours));
    }

    public static NumberBounds Bounds(Facets facets, string place)
    {
        if (facets.Take<RangeAttribute>() is not { } range) return NumberBounds.None;
        var (min, max) = (Bound(range.Minimum, place), Bound(range.Maximum, place));
        if (min > max) throw new ProviderCheckException($"{place}: [Range] ends before it begins.");
        var message = facets.Message(range, "");
        return new NumberBounds(min, range.MinimumIsExclusive, max, range.MaximumIsExclusive)
        {
            Message = message.Length == 0 ? null : message,
        };
    }

    public static (IReadOnlyList<long>? Values, string? Message) AllowedIntegers(Facets facets, string place)
    {
        if (facets.Take<AllowedValuesAttribute>() is not { } allowed) return (null, null);
        if (!allowed.Values.All(value => value is int or long or short or byte or sbyte or ushort or uint))
            throw new ProviderCheckException($"{place}: [AllowedValues] of a whole number must be whole numbers.");
        var values = allowed.Values.Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)).ToArray();
        return (values, facets.Message(allowed, $"Not known here. Give one of: {string.Join(", ", values)}."));
    }

    private static string[] Strings(AllowedValuesAttribute allowed, string place) =>
        allowed.Values.All(value => value is string)
            ? [.. allowed.Values.OfType<string>()]
            : throw new ProviderCheckException($"{place}: [AllowedValues] of a string must be strings.");

    // The whole text has to match, as the attribute has it.
    private static Regex Pattern(string pattern, string place)
    {
        try
        {
            return new Regex(@"\A(?:" + pattern + @")\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(@"\A(?:" + pattern + @")\z", RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException exception)
        {
            throw new ProviderCheckException($"{place}: [RegularExpression] is not a valid pattern: {exception.Message}", exception);
        }
    }

    private static string Whole(string pattern) =>
        pattern.StartsWith('^') && pattern.EndsWith('$') && !pattern.Contains('|') ? pattern : $"^(?:{pattern})$";

    private static decimal? Bound(object bound, string place) => bound switch
    {
        int number => number,

        // Beyond what a decimal holds a bound means "no bound".
        double number => Math.Abs(number) < 7e28 ? (decimal)number : null,
        string text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ProviderCheckException($"{place}: [Range] needs numbers."),
    };

    private static string Count(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
