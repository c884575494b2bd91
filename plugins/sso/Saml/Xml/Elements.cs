using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>Elements by their position below a known one. There is no look-up by id or path: those find what an attacker put elsewhere.</summary>
internal static class Elements
{
    private static readonly char[] WhiteSpace = [' ', '\t', '\r', '\n'];

    public static bool Is(this XmlElement element, string @namespace, string name) =>
        element.LocalName == name && element.NamespaceURI == @namespace;

    public static IEnumerable<XmlElement> Children(this XmlElement element)
    {
        for (var node = element.FirstChild; node is not null; node = node.NextSibling)
        {
            if (node is XmlElement child) yield return child;
        }
    }

    public static IEnumerable<XmlElement> Children(this XmlElement element, string @namespace, string name) =>
        element.Children().Where(child => child.Is(@namespace, name));

    /// <summary>The only child of that name; <c>null</c>: there is none.</summary>
    /// <param name="element">Whose child.</param>
    /// <param name="namespace">The child's.</param>
    /// <param name="name">The child's.</param>
    /// <param name="check">What to refuse several as.</param>
    public static XmlElement? Child(this XmlElement element, string @namespace, string name, string check)
    {
        XmlElement? found = null;
        foreach (var child in element.Children(@namespace, name))
        {
            if (found is not null) throw new SamlRefusedException(check, $"There is more than one {name}.");
            found = child;
        }

        return found;
    }

    /// <summary>An attribute without a prefix; <c>null</c>: it is not there.</summary>
    public static string? Attribute(this XmlElement element, string name) => element.GetAttributeNode(name, "")?.Value;

    /// <summary>The text without the white space around it, which some identity providers write.</summary>
    public static string Text(this XmlElement element, string check) =>
        element.Children().Any()
            ? throw new SamlRefusedException(check, $"{element.LocalName} has elements where text belongs.")
            : element.InnerText.Trim(WhiteSpace);
}
