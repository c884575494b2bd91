namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>A look at the bytes before a parser gets them, so that what would cost too much costs nothing. It counts the ends
/// of elements too, which a parser's count does not; what it lets through is checked again while it is parsed.</summary>
internal static class XmlOutline
{
    public static void Check(ReadOnlySpan<byte> utf8)
    {
        var nodes = 0;
        for (var at = 0; at < utf8.Length; at++)
        {
            var next = utf8[at..].IndexOf((byte)'<');
            if (next < 0) return;
            at += next;
            var rest = utf8[at..];
            if (rest.StartsWith("<![CDATA["u8))
            {
                var end = rest.IndexOf("]]>"u8);
                if (end < 0) throw new SamlRefusedException("xml", "It is not well-formed XML."); // or many of them would be looked through to the end
                at += end;
            }
            else if (rest.StartsWith("<!"u8))
            {
                throw new SamlRefusedException("xml", "It has a comment or a document type.");
            }
            else
            {
                var length = Tag(rest, out var attributes);
                if (attributes > XmlLimits.MostAttributes) throw new SamlRefusedException("xml", "An element has too many attributes.");
                nodes += 1 + attributes;
                at += length;
            }

            if (nodes > XmlLimits.MostNodes) throw new SamlRefusedException("xml", "It has too many elements.");
        }
    }

    // How long a tag is, and how many quoted values it has.
    private static int Tag(ReadOnlySpan<byte> tag, out int values)
    {
        values = 0;
        for (var at = 1; at < tag.Length; at++)
        {
            var next = tag[at..].IndexOfAny((byte)'>', (byte)'"', (byte)'\'');
            if (next < 0) return tag.Length - 1;
            at += next;
            if (tag[at] == (byte)'>') return at;
            var end = tag[(at + 1)..].IndexOf(tag[at]);
            if (end < 0) return tag.Length - 1;
            at += end + 1;
            values++;
        }

        return tag.Length - 1;
    }
}
