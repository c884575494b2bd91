using System.Text;
using System.Xml;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>Changes a response in the ways that attackers and accidents do.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> others)
{
    private static readonly string[] Pieces =
        ["<!---->", "<?x?>", "<![CDATA[]]>", "&amp;", "&#x61;", "\u0000", "\uFEFF", "<x/>", "</x>", " ID=\"_x\"", "\r\n", "&e;", "]]>", "xmlns=\"\"", "\u202E"];

    public byte[] Mutate(byte[] original) => random.Next(14) switch
    {
        0 => Bytes(original, (bytes, at) => bytes[at] ^= (byte)(1 << random.Next(8))),
        1 => Bytes(original, (bytes, at) => bytes[at] = (byte)random.Next(256)),
        2 => Cut(original),
        3 => Repeat(original),
        4 => Insert(original),
        5 => Elements(original, (element, other) => element.ParentNode!.RemoveChild(element)),
        6 => Elements(original, (element, other) => Place(element.CloneNode(deep: true), other)),
        7 => Elements(original, (element, other) => Place(element, other)),
        8 => Elements(original, Swap),
        9 => Elements(original, EditAttribute),
        10 => Elements(original, (element, other) => element.SetAttribute(random.Next(2) is 0 ? "xmlns" : "xmlns:saml", random.Next(2) is 0 ? "urn:evil" : other.NamespaceURI)),
        11 => Elements(original, SplitText),
        12 => Elements(original, EditText),
        _ => Elements(original, Graft),
    };

    private byte[] Bytes(byte[] original, Action<byte[], int> change)
    {
        var bytes = (byte[])original.Clone();
        for (var times = random.Next(1, 4); times > 0; times--) change(bytes, random.Next(bytes.Length));
        return bytes;
    }

    private byte[] Cut(byte[] original)
    {
        var (at, length) = Piece(original);
        return [.. original.AsSpan(0, at), .. original.AsSpan(at + length)];
    }

    private byte[] Repeat(byte[] original)
    {
        var (at, length) = Piece(original);
        return [.. original.AsSpan(0, at + length), .. original.AsSpan(at)];
    }

    private byte[] Insert(byte[] original)
    {
        var at = random.Next(original.Length);
        return [.. original.AsSpan(0, at), .. Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]), .. original.AsSpan(at)];
    }

    private (int At, int Length) Piece(byte[] original)
    {
        var at = random.Next(original.Length);
        return (at, random.Next(1, Math.Min(200, original.Length - at) + 1));
    }

    private byte[] Elements(byte[] original, Action<XmlElement, XmlElement> change)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(Encoding.UTF8.GetString(original));
        var elements = document.SelectNodes("//*[not(self::*[not(parent::*)])]")!.OfType<XmlElement>().ToArray();
        change(elements[random.Next(elements.Length)], elements[random.Next(elements.Length)]);
        return Encoding.UTF8.GetBytes(document.OuterXml);
    }

    private void Place(XmlNode node, XmlElement beside)
    {
        for (XmlNode? around = beside; around is not null; around = around.ParentNode)
        {
            if (around == node) return;
        }

        switch (random.Next(3))
        {
            case 0:
                beside.ParentNode!.InsertBefore(node, beside);
                break;
            case 1:
                beside.ParentNode!.InsertAfter(node, beside);
                break;
            default:
                beside.AppendChild(node);
                break;
        }
    }

    private static void Swap(XmlElement one, XmlElement other)
    {
        var copy = one.CloneNode(deep: true);
        if (other.ParentNode is null || one.ParentNode is null) return;
        one.ParentNode.ReplaceChild(other.CloneNode(deep: true), one);
        other.ParentNode?.ReplaceChild(copy, other);
    }

    private void EditAttribute(XmlElement element, XmlElement other)
    {
        if (element.Attributes.Count is 0) return;
        var attribute = element.Attributes[random.Next(element.Attributes.Count)]!;
        switch (random.Next(4))
        {
            case 0:
                element.RemoveAttributeNode(attribute);
                break;
            case 1 when attribute.Value.Length > 0 && attribute.NamespaceURI != "http://www.w3.org/2000/xmlns/":
                attribute.Value = attribute.Value.Remove(random.Next(attribute.Value.Length), 1);
                break;
            case 2 when other.Attributes.Count > 0 && attribute.NamespaceURI != "http://www.w3.org/2000/xmlns/":
                attribute.Value = other.Attributes[random.Next(other.Attributes.Count)]!.Value;
                break;
            default:
                element.SetAttribute(random.Next(2) is 0 ? "ID" : "x", attribute.Value);
                break;
        }
    }

    private void SplitText(XmlElement element, XmlElement other)
    {
        if (element.ChildNodes is not [XmlText { Length: > 1 } text]) return;
        var rest = text.SplitText(random.Next(1, text.Length));
        XmlNode between = random.Next(3) switch
        {
            0 => element.OwnerDocument.CreateComment("x"),
            1 => element.OwnerDocument.CreateProcessingInstruction("x", ""),
            _ => element.OwnerDocument.CreateCDataSection(""),
        };
        element.InsertBefore(between, rest);
        if (between is XmlCDataSection section && random.Next(2) is 0)
        {
            section.Data = rest.Data;
            element.RemoveChild(rest);
        }
    }

    private void EditText(XmlElement element, XmlElement other)
    {
        if (element.ChildNodes is not [XmlText { Length: > 0 } text]) return;
        text.Value = random.Next(3) switch
        {
            0 => $" {text.Value}\n",
            1 => other.ChildNodes is [XmlText another] ? another.Value : "admin",
            _ => text.Value!.Remove(random.Next(text.Length), 1), // its length is above nothing
        };
    }

    // A piece of another response of the same identity provider, signature and all.
    private void Graft(XmlElement element, XmlElement other)
    {
        var donor = new XmlDocument { PreserveWhitespace = true };
        donor.LoadXml(Encoding.UTF8.GetString(others[random.Next(others.Count)]));
        var pieces = donor.SelectNodes("//*")!.OfType<XmlElement>().ToArray();
        var same = pieces.Where(piece => piece.LocalName == element.LocalName).ToArray();
        var from = same.Length > 0 && random.Next(2) is 0 ? same : pieces;
        var piece = element.OwnerDocument.ImportNode(from[random.Next(from.Length)], deep: true);
        if (random.Next(2) is 0) element.ParentNode!.ReplaceChild(piece, element);
        else Place(piece, element);
    }
}
