using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>What the identity provider says of a person, by the attributes' names. The parts of the NameID are among it under names of our own,
/// for the mapping to use.</summary>
internal static class Attributes
{
    private const string Check = "duplicate_attribute";
    private const string Own = "saml:";
    private const string Nil = "http://www.w3.org/2001/XMLSchema-instance";

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(XmlElement assertion, NameId nameId)
    {
        var claims = new OrderedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, part) in new[]
        {
            ("name_id", nameId.Value), ("name_id_format", nameId.Format), ("name_qualifier", nameId.NameQualifier), ("sp_name_qualifier", nameId.SpNameQualifier),
        })
        {
            if (part is not null) claims.Add($"{Own}{name}", [part]);
        }

        var seen = new HashSet<(string, string?)>();
        foreach (var attribute in assertion.Children(SamlNames.Assertion, "AttributeStatement").SelectMany(statement => statement.Children()))
        {
            if (!attribute.Is(SamlNames.Assertion, "Attribute")) throw new SamlRefusedException("attributes", "There is an attribute that cannot be read; encrypted ones are not taken.");
            if (attribute.Attribute("Name") is not { Length: > 0 } name) throw new SamlRefusedException("attributes", "There is an attribute without a name.");
            if (!seen.Add((name, attribute.Attribute("NameFormat")))) throw new SamlRefusedException(Check, "The same attribute, with the same format, is there twice.");
            if (name.StartsWith(Own, StringComparison.Ordinal)) throw new SamlRefusedException(Check, $"There is an attribute whose name begins with '{Own}', as only our own do.");
            IReadOnlyList<string> values = [.. attribute.Children(SamlNames.Assertion, "AttributeValue").Select(Value).OfType<string>()];
            claims[name] = claims.TryGetValue(name, out var before) ? [.. before, .. values] : values;
        }

        return claims;
    }

    // Text; or a NameID inside, as eduPersonTargetedID has it. Other elements have no text to stand for them.
    private static string? Value(XmlElement value) => value.Children().ToArray() switch
    {
        [] => value.GetAttribute("nil", Nil) is "true" or "1" ? null : value.InnerText,
        [var nameId] when nameId.Is(SamlNames.Assertion, "NameID") => nameId.Text("attributes"),
        _ => null,
    };
}
