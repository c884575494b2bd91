using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Signatures;

/// <summary>Verifies an enveloped signature. It answers what was signed, parsed out of the very octets that were hashed, or throws: there is
/// no boolean to misread and no original to go back to.</summary>
internal static class SignedOctets
{
    private const string Check = "signature";
    private const int LongestSignature = 2048; // RSA of 16384 bits

    /// <summary>Whether there is a signature where one belongs: directly in the element.</summary>
    public static bool HasSignature(XmlElement element) => element.Children(SamlNames.Signature, "Signature").Any();

    /// <param name="element">What must be signed. It may be in a document that nobody has verified.</param>
    /// <param name="certificates">The only keys that are trusted; what the message brings along is never read.</param>
    /// <param name="allowSha1">Whether SHA-1 is taken.</param>
    /// <exception cref="SamlRefusedException">It is not signed, or not so: the check is <c>signature</c>, <c>signature_profile</c>,
    /// <c>signature_key</c> (no certificate fits) or <c>digest</c>.</exception>
    public static SignedElement Verify(XmlElement element, IReadOnlyList<X509Certificate2> certificates, bool allowSha1)
    {
        var id = element.Attribute("ID") is { Length: > 0 } given ? given : throw new SamlRefusedException(Check, $"{element.LocalName} has no ID.");
        var signature = element.Child(SamlNames.Signature, "Signature", Check)
            ?? throw new SamlRefusedException(Check, $"{element.LocalName} is not signed.");
        var (info, value) = PartsOf(signature);

        // First as it arrived, so that a trick is refused before anything is canonicalised; then again from what was signed, which is what counts.
        var arrived = SignatureProfile.Read(info, id, allowSha1);
        var octets = Canonical.Octets(info, without: null, arrived.Prefixes);
        var profile = SignatureProfile.Read(SamlXml.Parse(octets).Root, id, allowSha1);
        var certificate = FindSigner(profile.Algorithm, certificates, octets, value);

        var signed = Canonical.Octets(element, without: signature, profile.TargetPrefixes);
        if (!CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(profile.Digest, signed), profile.DigestValue))
        {
            throw new SamlRefusedException("digest", $"{element.LocalName} was changed after it was signed.");
        }

        var root = SamlXml.Parse(signed).Root;
        return root.Is(element.NamespaceURI, element.LocalName) && root.Attribute("ID") == id
            ? new SignedElement(root, certificate, profile.Algorithm.Name, profile.UsesSha1)
            : throw new SamlRefusedException(Check, "What was signed is another element.");
    }

    // SignedInfo, SignatureValue, and a KeyInfo that is not looked at. An Object or a Manifest has no place here.
    private static (XmlElement Info, byte[] Value) PartsOf(XmlElement signature)
    {
        var parts = signature.Children().ToArray();
        var isKnown = parts is [var first, var second, .. var rest]
            && first.Is(SamlNames.Signature, "SignedInfo") && second.Is(SamlNames.Signature, "SignatureValue")
            && rest is [] or [{ LocalName: "KeyInfo", NamespaceURI: SamlNames.Signature }];
        return isKnown
            ? (parts[0], SamlEncoding.FromBase64(parts[1].Text(Check), Check, LongestSignature))
            : throw new SamlRefusedException("signature_profile", "A signature must have SignedInfo, SignatureValue and at most a KeyInfo.");
    }

    private static X509Certificate2 FindSigner(
        SignatureAlgorithm algorithm, IReadOnlyList<X509Certificate2> certificates, byte[] octets, byte[] value)
    {
        var tried = 0;
        foreach (var certificate in certificates)
        {
            switch (algorithm.Verify(certificate, octets, value))
            {
                case true:
                    return certificate;
                case false:
                    tried++;
                    break;
                case null:
                    break;
            }
        }

        throw new SamlRefusedException("signature_key", tried > 0
            ? $"It is signed by none of the {tried} known keys for {algorithm.Name}. Has the identity provider changed its certificate?"
            : $"No known certificate of the identity provider has a key for {algorithm.Name} that is strong enough.");
    }
}
