using System.Text.Unicode;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>The only way in which a message of somebody else becomes a document. One pass checks and builds it: there is no node in the
/// document that was not checked.</summary>
internal static class SamlXml
{
    public const int MostBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="utf8">The document. A byte order mark is taken, as some metadata has one; another encoding is not, whatever is declared.</param>
    /// <exception cref="SamlRefusedException">It is not what we read; the check is <c>encoding</c>, <c>xml</c> or <c>duplicate_id</c>.</exception>
    public static SamlDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MostBytes) throw new SamlRefusedException("xml", $"It has {utf8.Length} bytes; {MostBytes} are the most that is read.");
        if (utf8.Span.StartsWith(ByteOrderMark)) utf8 = utf8[ByteOrderMark.Length..];
        if (!Utf8.IsValid(utf8.Span)) throw new SamlRefusedException("encoding", "It is not UTF-8.");
        XmlOutline.Check(utf8.Span);
        try
        {
            using var text = new StringReader(System.Text.Encoding.UTF8.GetString(utf8.Span));
            using var reader = XmlReader.Create(text, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, ConformanceLevel = ConformanceLevel.Document, CheckCharacters = true,
                IgnoreComments = false, IgnoreProcessingInstructions = false, IgnoreWhitespace = false, MaxCharactersInDocument = MostBytes,
            });
            return new DocumentBuilder(reader).Build();
        }
        catch (XmlException exception)
        {
            // The parser's own words would quote the message.
            throw new SamlRefusedException("xml", "It is not well-formed XML, or has a document type.", exception);
        }
    }
}
