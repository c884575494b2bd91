using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>What careless code does, so that an attack which it falls for is known to be real: it finds the signature and the assertion by name,
/// leaves the verification to SignedXml, and reads the document that arrived.</summary>
internal sealed record NaiveValidator(X509Certificate2 Certificate)
{
    /// <summary>Takes the key that the message brings along.</summary>
    public bool TrustsKeyInfo { get; init; }

    /// <summary>Takes the first text below the NameID for all of it.</summary>
    public bool ReadsFirstText { get; init; }

    /// <summary>Takes the certificate for the secret of an HMAC when the message asks for one.</summary>
    public bool TakesHmac { get; init; }

    /// <summary>Looks for the digest anywhere in the message.</summary>
    public bool TakesAnyDigest { get; init; }

    /// <summary>Canonicalises what has a relative namespace to nothing, as libxml2 does, and does not look whether it has failed.</summary>
    public bool FailsToNothing { get; init; }

    /// <summary>Where it looks for the assertion.</summary>
    public string Assertion { get; init; } = "(//saml:Assertion)[1]";

    /// <returns>Who it thinks has signed in; <c>null</c>: it refuses.</returns>
    public string? Accept(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        var names = new XmlNamespaceManager(document.NameTable);
        names.AddNamespace("saml", "urn:oasis:names:tc:SAML:2.0:assertion");
        names.AddNamespace("samlp", "urn:oasis:names:tc:SAML:2.0:protocol");
        names.AddNamespace("ds", SignedXml.XmlDsigNamespaceUrl);
        var signature = (XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;
        if (!(TakesAnyDigest ? VerifyByHand(document, names) : Verify(document, signature))) return null;
        var nameId = document.SelectSingleNode(Assertion, names)?.SelectSingleNode("saml:Subject/saml:NameID", names);
        return ReadsFirstText ? nameId?.FirstChild?.Value : nameId?.InnerText;
    }

    private bool Verify(XmlDocument document, XmlElement signature)
    {
        var signed = new SignedXml(document);
        signed.LoadXml(signature);
        if (TakesHmac && signed.SignatureMethod!.Contains("hmac", StringComparison.Ordinal))
        {
            using var hmac = new HMACSHA256(Certificate.GetPublicKey());
            return signed.CheckSignature(hmac);
        }

        return TrustsKeyInfo ? signed.CheckSignature() : signed.CheckSignature(Certificate, verifySignatureOnly: true);
    }

    // CVE-2024-45409: the SignedInfo is verified well, and the digest is then taken from wherever one is found first.
    private bool VerifyByHand(XmlDocument document, XmlNamespaceManager names)
    {
        var info = document.SelectSingleNode("//ds:SignedInfo", names)!;
        var value = Convert.FromBase64String(document.SelectSingleNode("//ds:SignatureValue", names)!.InnerText);
        using var rsa = Certificate.GetRSAPublicKey()!;
        if (!rsa.VerifyData(Canonical(info), value, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return false;
        var target = document.SelectSingleNode($"//*[@ID='{info.SelectSingleNode(".//ds:Reference/@URI", names)!.Value![1..]}']", names)!.CloneNode(deep: true);
        target.RemoveChild(target.SelectSingleNode("ds:Signature", names)!);
        var digest = document.SelectSingleNode("(//ds:DigestValue)[1]", names)!.InnerText;
        var octets = FailsToNothing && target.OuterXml.Contains("=\"relative\"", StringComparison.Ordinal) ? [] : Canonical(target);
        return Convert.ToBase64String(SHA256.HashData(octets)) == digest;
    }

    internal static byte[] Canonical(XmlNode node)
    {
        var copy = new XmlDocument { PreserveWhitespace = true };
        copy.LoadXml(node.OuterXml);
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(copy);
        using var output = new MemoryStream();
        ((Stream)transform.GetOutput(typeof(Stream))).CopyTo(output);
        return output.ToArray();
    }
}
