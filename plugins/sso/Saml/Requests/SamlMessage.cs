using System.Text;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Requests;

/// <summary>A message of ours: written with XmlWriter only, so that no value can become markup.</summary>
internal sealed class SamlMessage
{
    private static readonly XmlWriterSettings Plain = new()
    {
        OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false), NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Its element, such as <c>AuthnRequest</c>.</summary>
    public required string Name { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required string Issuer { get; init; }

    public required string Destination { get; init; }

    /// <summary>Its further attributes; those without a value are left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Attributes { get; init; } = [];

    /// <summary>What comes after Issuer and Signature.</summary>
    public Action<XmlWriter> Content { get; init; } = _ => { };

    /// <summary>Writes it.</summary>
    /// <param name="signature">Writes the signature to where the schema wants it; default: none.</param>
    public byte[] ToUtf8(Action<XmlWriter>? signature = null)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, Plain))
        {
            writer.WriteStartElement("samlp", Name, SamlNames.Protocol);
            writer.WriteAttributeString("ID", Id);
            writer.WriteAttributeString("Version", "2.0");
            writer.WriteAttributeString("IssueInstant", Instants.Write(IssuedAt));
            writer.WriteAttributeString("Destination", Destination);
            foreach (var (name, value) in Attributes)
            {
                if (value is not null) writer.WriteAttributeString(name, value);
            }

            writer.WriteElementString("saml", "Issuer", SamlNames.Assertion, Issuer);
            signature?.Invoke(writer);
            Content(writer);
            writer.WriteEndElement();
        }

        return stream.ToArray();
    }
}
