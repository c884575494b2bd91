using System.Text;
using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Requests;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Writes our metadata: what the identity provider's admin imports.</summary>
internal static class SpMetadata
{
    // What we can decrypt, the best first: an identity provider takes the first that it knows.
    private static readonly string[] EncryptionMethods =
    [
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    ];

    public static GetMetadataOutput Make(SsoAddresses addresses, SsoConfig config, SpKeyRing keys)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("md", "EntityDescriptor", SamlNames.Metadata);
            writer.WriteAttributeString("entityID", config.EntityId ?? addresses.Metadata);
            writer.WriteStartElement("md", "SPSSODescriptor", SamlNames.Metadata);
            writer.WriteAttributeString("AuthnRequestsSigned", config.SignRequests ? "true" : "false");
            writer.WriteAttributeString("WantAssertionsSigned", "true");
            writer.WriteAttributeString("protocolSupportEnumeration", SamlNames.Protocol);
            WriteKey(writer, keys.Current);
            if (keys.Next is { } next) WriteKey(writer, next);
            WriteEndpoint(writer, "SingleLogoutService", SamlNames.RedirectBinding, addresses.Slo);
            WriteEndpoint(writer, "SingleLogoutService", SamlNames.PostBinding, addresses.Slo);
            if (config.NameIdFormat is { } format) writer.WriteElementString("md", "NameIDFormat", SamlNames.Metadata, format);
            WriteEndpoint(writer, "AssertionConsumerService", SamlNames.PostBinding, addresses.Acs, ("index", "0"), ("isDefault", "true"));
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return new GetMetadataOutput { ContentType = "application/samlmetadata+xml", Document = Encoding.UTF8.GetString(stream.ToArray()) };
    }

    private static void WriteKey(XmlWriter writer, SpKey key)
    {
        foreach (var use in (string[])["signing", "encryption"])
        {
            writer.WriteStartElement("md", "KeyDescriptor", SamlNames.Metadata);
            writer.WriteAttributeString("use", use);
            EnvelopedSignature.WriteKeyInfo(writer, key.Certificate);
            foreach (var method in use == "encryption" ? EncryptionMethods : [])
            {
                writer.WriteStartElement("md", "EncryptionMethod", SamlNames.Metadata);
                writer.WriteAttributeString("Algorithm", method);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }
    }

    private static void WriteEndpoint(XmlWriter writer, string name, string binding, string location, params (string Name, string Value)[] attributes)
    {
        writer.WriteStartElement("md", name, SamlNames.Metadata);
        writer.WriteAttributeString("Binding", binding);
        writer.WriteAttributeString("Location", location);
        foreach (var (attribute, value) in attributes) writer.WriteAttributeString(attribute, value);
        writer.WriteEndElement();
    }
}
