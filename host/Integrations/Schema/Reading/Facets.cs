using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>The validation attributes of a member. Each shape takes those that mean something to it; what the platform defines and nobody
/// takes makes no sense there, and what the plugin defines is run as it is.</summary>
internal sealed class Facets(string title, IEnumerable<Attribute> attributes)
{
    private static readonly HashSet<Type> Understood =
    [
        typeof(RequiredAttribute), typeof(StringLengthAttribute), typeof(MinLengthAttribute), typeof(MaxLengthAttribute),
        typeof(LengthAttribute), typeof(RangeAttribute), typeof(RegularExpressionAttribute),
        typeof(UrlAttribute), typeof(EmailAddressAttribute), typeof(AllowedValuesAttribute),
    ];

    // The platform's own texts, to be told from those that an author gave.
    private static readonly HashSet<string?> PlatformTexts =
        [null, new UrlAttribute().ErrorMessage, new EmailAddressAttribute().ErrorMessage, new AllowedValuesAttribute().ErrorMessage];

    private readonly List<ValidationAttribute> rest = [.. attributes.OfType<ValidationAttribute>()];

    public static Facets None => new("", []);

    public string Title => title;

    public bool IsRequired => rest.OfType<RequiredAttribute>().Any();

    /// <summary>The attribute, exactly of this type, which is then dealt with.</summary>
    public T? Take<T>()
        where T : ValidationAttribute
    {
        var taken = rest.OfType<T>().FirstOrDefault(attribute => attribute.GetType() == typeof(T));
        if (taken is not null) rest.Remove(taken);
        return taken;
    }

    /// <summary>The author's own words, else ours.</summary>
    public string Message(ValidationAttribute attribute, string ours) =>
        attribute.ErrorMessageResourceName is null && PlatformTexts.Contains(attribute.ErrorMessage)
            ? ours
            : attribute.FormatErrorMessage(title);

    /// <summary>What is left to be run on the bound value.</summary>
    public IReadOnlyList<ValidationAttribute> TakeRest(string place, Type type)
    {
        Take<RequiredAttribute>();
        if (rest.Find(attribute => Understood.Contains(attribute.GetType())) is { } senseless)
            throw new ProviderCheckException($"{place}: [{Name(senseless)}] makes no sense on {TypeName.Of(type)}. Remove it.");
        return rest;
    }

    private static string Name(Attribute attribute) => attribute.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal);
}
