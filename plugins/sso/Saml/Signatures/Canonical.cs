using System.Security.Cryptography.Xml;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Signatures;

/// <summary>Exclusive canonicalisation of one element.</summary>
internal static class Canonical
{
    private const string Xmlns = "http://www.w3.org/2000/xmlns/";

    /// <param name="element">What to write.</param>
    /// <param name="without">A child of it that is left out: the enveloped signature.</param>
    /// <param name="prefixes">Prefixes that are written as inclusive canonicalisation would; default: none.</param>
    public static byte[] Octets(XmlElement element, XmlElement? without, string? prefixes)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var root = (XmlElement)document.ImportNode(element, deep: true);
        document.AppendChild(root);
        if (without is not null) root.RemoveChild(root.ChildNodes[PositionOf(without)]!); // the copy has the same children
        DeclareNamespacesAround(element, root);

        var transform = new XmlDsigExcC14NTransform(includeComments: false, prefixes);
        transform.LoadInput(document);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var octets = new MemoryStream();
        output.CopyTo(octets);

        // CVE-2025-66475: where canonicalisation fails silently, the digest of nothing fits anything.
        return octets.Length > 0
            ? octets.ToArray()
            : throw new SamlRefusedException("digest", $"Nothing is left of {element.LocalName} once it is canonicalised.");
    }

    private static int PositionOf(XmlElement child)
    {
        var position = 0;
        for (var node = child.PreviousSibling; node is not null; node = node.PreviousSibling) position++;
        return position;
    }

    // An element that is taken out of its document still needs what was declared around it; the nearest declaration counts.
    private static void DeclareNamespacesAround(XmlElement element, XmlElement root)
    {
        for (var around = element.ParentNode; around is not null; around = around.ParentNode)
        {
            if (around.Attributes is not { } attributes) continue;
            foreach (XmlAttribute attribute in attributes)
            {
                if (attribute.NamespaceURI == Xmlns && !root.HasAttribute(attribute.LocalName, Xmlns))
                {
                    root.SetAttributeNode((XmlAttribute)root.OwnerDocument.ImportNode(attribute, deep: true));
                }
            }
        }
    }
}
