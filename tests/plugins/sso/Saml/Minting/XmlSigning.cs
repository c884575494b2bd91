using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Vaka.Plugins.Sso.Tests.Saml.Minting;

/// <summary>Signs with the framework's SignedXml, or by hand where that has no ECDSA.</summary>
internal static class XmlSigning
{
    public static string Sign(string xml, string id, X509Certificate2 certificate) => Sign(xml, id, certificate, _ => { });

    public static string Sign(string xml, string id, X509Certificate2 certificate, Action<SignedXml> change)
    {
        var document = ResponseBuilder.Load(xml);
        using var rsa = certificate.GetRSAPrivateKey()!;
        var signed = new SignedXml(document) { SigningKey = rsa };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        var reference = new Reference($"#{id}") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        signed.KeyInfo.AddClause(new KeyInfoX509Data(certificate));
        change(signed);
        signed.ComputeSignature();
        Insert(document, id, signed.GetXml());
        return document.OuterXml;
    }

    public static string SignEcdsa(string xml, string id, X509Certificate2 certificate)
    {
        var document = ResponseBuilder.Load(xml);
        using var key = certificate.GetECDsaPrivateKey()!;
        var digest = Convert.ToBase64String(SHA256.HashData(Canonical(xml)));
        var info = $"""<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>""";
        var value = Convert.ToBase64String(key.SignData(Canonical(info), HashAlgorithmName.SHA256));
        var signature = ResponseBuilder.Load($"""<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>""");
        Insert(document, id, signature.DocumentElement!);
        return document.OuterXml;
    }

    private static byte[] Canonical(string xml)
    {
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(ResponseBuilder.Load(xml));
        using var output = new MemoryStream();
        ((Stream)transform.GetOutput(typeof(Stream))).CopyTo(output);
        return output.ToArray();
    }

    // After the issuer, where the schema has it.
    private static void Insert(XmlDocument document, string id, XmlElement signature)
    {
        var parent = (XmlElement)document.SelectSingleNode($"//*[@ID='{id}']")!;
        parent.InsertAfter(document.ImportNode(signature, deep: true), parent.FirstChild);
    }
}
