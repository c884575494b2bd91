using System.Text;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Encryption;

/// <summary>Parses what was decrypted. It may lean on namespaces that were declared around it, so it is parsed inside an element that declares
/// those again.</summary>
internal static class Fragment
{
    private const string Xmlns = "http://www.w3.org/2000/xmlns/";

    private static ReadOnlySpan<byte> End => "</fragment>"u8;

    /// <returns>The only element of the fragment, with the wrapper as its parent.</returns>
    public static XmlElement Parse(byte[] fragment, XmlElement place)
    {
        var shell = Shell(place);
        byte[] whole = [.. shell.AsSpan(0, shell.Length - End.Length), .. fragment, .. End];
        var wrapper = SamlXml.Parse(whole).Root;
        return wrapper.Children().ToArray() is [var only] && wrapper.ChildNodes.OfType<XmlText>().All(text => string.IsNullOrWhiteSpace(text.Value))
            ? only
            : throw new SamlRefusedException("decryption", "What was decrypted is not one element.");
    }

    private static byte[] Shell(XmlElement place)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false) }))
        {
            var declared = Declarations(place);
            writer.WriteStartElement("", "fragment", declared.GetValueOrDefault("xmlns") ?? "");
            foreach (var (prefix, value) in declared.Where(item => item.Key is not "xmlns"))
            {
                writer.WriteAttributeString("xmlns", prefix, Xmlns, value);
            }

            writer.WriteFullEndElement();
        }

        return stream.ToArray();
    }

    private static Dictionary<string, string> Declarations(XmlElement place)
    {
        var declared = new Dictionary<string, string>(StringComparer.Ordinal);
        for (XmlNode? around = place; around is XmlElement element; around = element.ParentNode)
        {
            foreach (XmlAttribute attribute in element.Attributes)
            {
                if (attribute.NamespaceURI == Xmlns) declared.TryAdd(attribute.LocalName, attribute.Value);
            }
        }

        return declared;
    }
}
