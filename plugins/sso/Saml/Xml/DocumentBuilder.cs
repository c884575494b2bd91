using System.Text;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>Builds a document of elements, attributes and text; anything else is refused. Neighbouring pieces of text become one, so that no
/// reader can take one piece for the whole.</summary>
internal sealed class DocumentBuilder(XmlReader reader)
{
    private readonly XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private readonly StringBuilder more = new();
    private string text = "";
    private int nodes;

    public SamlDocument Build()
    {
        XmlNode parent = document;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    FlushText(parent);
                    if (reader.Depth >= XmlLimits.Deepest) throw Refused("It is nested too deeply.");
                    var isEmpty = reader.IsEmptyElement;
                    var element = ReadElement();
                    parent.AppendChild(element);
                    if (!isEmpty) parent = element;
                    break;
                case XmlNodeType.EndElement:
                    FlushText(parent);
                    parent = parent.ParentNode!; // the reader has checked that ends have a beginning
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    if (parent is XmlElement) AddText(reader.Value);
                    break;
                case XmlNodeType.XmlDeclaration:
                    CheckDeclaration();
                    break;
                default:
                    throw Refused("It has a comment, a processing instruction, an entity or a document type.");
            }
        }

        return new SamlDocument(document.DocumentElement!); // the reader has refused a document without one
    }

    private XmlElement ReadElement()
    {
        Count(reader.LocalName);
        if (reader.AttributeCount > XmlLimits.MostAttributes) throw Refused("An element has too many attributes.");
        var element = document.CreateElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
        while (reader.MoveToNextAttribute())
        {
            Count(reader.LocalName);
            if (reader.Value.Length > XmlLimits.LongestAttribute) throw Refused("An attribute is too long.");
            if (reader.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase)) CheckId(reader.Value);
            var attribute = document.CreateAttribute(reader.Prefix, reader.LocalName, reader.NamespaceURI);
            attribute.Value = reader.Value;
            element.SetAttributeNode(attribute);
        }

        return element;
    }

    private void FlushText(XmlNode parent)
    {
        if (text.Length is 0) return;
        Count("");
        parent.AppendChild(document.CreateTextNode(more.Length is 0 ? text : text + more));
        text = "";
        more.Clear();
    }

    // Almost all text is in one piece, which may be long: it is not copied.
    private void AddText(string piece)
    {
        if (text.Length is 0) text = piece;
        else more.Append(piece);
    }

    private void Count(string name)
    {
        if (++nodes > XmlLimits.MostNodes) throw Refused("It has too many elements.");
        if (name.Length > XmlLimits.LongestName) throw Refused("A name is too long.");
    }

    // ID, Id, id and xml:id alike: nobody must be able to mean another element by the same id.
    private void CheckId(string id)
    {
        if (id.Length is 0) throw new SamlRefusedException("duplicate_id", "An element has an empty id.");
        if (!ids.Add(id)) throw new SamlRefusedException("duplicate_id", "Two elements have the same id.");
    }

    private void CheckDeclaration()
    {
        if (reader.GetAttribute("encoding") is { } encoding && !encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new SamlRefusedException("encoding", "It says that it is not UTF-8.");
        }
    }

    private static SamlRefusedException Refused(string message) => new("xml", message);
}
