using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Keys;

namespace Vaka.Plugins.Sso.Saml.Requests;

/// <summary>Signs a message of ours inside itself, as POST wants it: RSA-SHA256 over its exclusive canonical form.</summary>
internal static class EnvelopedSignature
{
    public static byte[] Sign(SamlMessage message, SpKey key)
    {
        // The enveloped transform takes the signature away again: the digest is that of the message without it.
        var digest = Convert.ToBase64String(SHA256.HashData(Canonical(message.ToUtf8())));
        using var rsa = key.Certificate.GetRSAPrivateKey() ?? throw new InvalidOperationException("Our key is there without its private part.");
        var signature = Convert.ToBase64String(
            rsa.SignData(Canonical(SignedInfo(message.Id, digest)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return message.ToUtf8(writer =>
        {
            writer.WriteStartElement("ds", "Signature", SamlNames.Signature);
            WriteSignedInfo(writer, message.Id, digest);
            writer.WriteElementString("ds", "SignatureValue", SamlNames.Signature, signature);
            WriteKeyInfo(writer, key.Certificate);
            writer.WriteEndElement();
        });
    }

    public static void WriteKeyInfo(XmlWriter writer, X509Certificate2 certificate)
    {
        writer.WriteStartElement("ds", "KeyInfo", SamlNames.Signature);
        writer.WriteStartElement("ds", "X509Data", SamlNames.Signature);
        writer.WriteElementString("ds", "X509Certificate", SamlNames.Signature, Convert.ToBase64String(certificate.RawData));
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static byte[] SignedInfo(string id, string digest)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            WriteSignedInfo(writer, id, digest);
        }

        return stream.ToArray();
    }

    private static void WriteSignedInfo(XmlWriter writer, string id, string digest)
    {
        writer.WriteStartElement("ds", "SignedInfo", SamlNames.Signature);
        WriteAlgorithm(writer, "CanonicalizationMethod", SamlNames.ExclusiveCanonicalisation);
        WriteAlgorithm(writer, "SignatureMethod", SamlNames.RsaSha256);
        writer.WriteStartElement("ds", "Reference", SamlNames.Signature);
        writer.WriteAttributeString("URI", $"#{id}");
        writer.WriteStartElement("ds", "Transforms", SamlNames.Signature);
        WriteAlgorithm(writer, "Transform", SamlNames.EnvelopedSignature);
        WriteAlgorithm(writer, "Transform", SamlNames.ExclusiveCanonicalisation);
        writer.WriteEndElement();
        WriteAlgorithm(writer, "DigestMethod", SamlNames.Sha256);
        writer.WriteElementString("ds", "DigestValue", SamlNames.Signature, digest);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteAlgorithm(XmlWriter writer, string element, string algorithm)
    {
        writer.WriteStartElement("ds", element, SamlNames.Signature);
        writer.WriteAttributeString("Algorithm", algorithm);
        writer.WriteEndElement();
    }

    private static byte[] Canonical(byte[] xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        using var source = new MemoryStream(xml, writable: false);
        document.Load(source);
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(document);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var octets = new MemoryStream();
        output.CopyTo(octets);
        return octets.ToArray();
    }
}
