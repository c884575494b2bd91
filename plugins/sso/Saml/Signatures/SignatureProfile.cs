using System.Security.Cryptography;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Signatures;

/// <summary>What a SignedInfo says, which is what SAML allows it to say and nothing more: one reference to the element around it, by its id,
/// with the enveloped-signature transform and exclusive canonicalisation.</summary>
internal sealed record SignatureProfile
{
    private const string Check = "signature_profile";
    private const int LongestPrefixList = 256;

    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Prefixes that SignedInfo itself is canonicalised with.</summary>
    public required string? Prefixes { get; init; }

    /// <summary>Prefixes that the element is canonicalised with.</summary>
    public required string? TargetPrefixes { get; init; }

    public required HashAlgorithmName Digest { get; init; }

    public required byte[] DigestValue { get; init; }

    public bool UsesSha1 => Algorithm.Hash == HashAlgorithmName.SHA1 || Digest == HashAlgorithmName.SHA1;

    /// <param name="info">The SignedInfo.</param>
    /// <param name="id">The id of the element that must be meant.</param>
    /// <param name="allowSha1">Whether the row takes SHA-1.</param>
    public static SignatureProfile Read(XmlElement info, string id, bool allowSha1)
    {
        if (!info.Is(SamlNames.Signature, "SignedInfo") || info.Children().ToArray() is not [var canonicalisation, var method, var reference])
        {
            throw Refused("SignedInfo must have a canonicalisation, an algorithm and exactly one reference.");
        }

        ExpectOnly(canonicalisation, "CanonicalizationMethod", "Algorithm");
        ExpectOnly(method, "SignatureMethod", "Algorithm");
        ExpectOnly(reference, "Reference", "URI");
        if (method.Children().Any()) throw Refused("The algorithm must have no parameters.");
        if (reference.Attribute("URI") != $"#{id}") throw Refused("The reference must be to the element that the signature is in.");
        if (reference.Children().ToArray() is not [var transforms, var digestMethod, var digestValue])
        {
            throw Refused("The reference must have transforms, a digest algorithm and a digest.");
        }

        ExpectOnly(digestMethod, "DigestMethod", "Algorithm");
        ExpectOnly(digestValue, "DigestValue");
        if (digestMethod.Children().Any()) throw Refused("The digest algorithm must have no parameters.");
        var digest = SignatureAlgorithm.FindDigest(digestMethod.Attribute("Algorithm"), allowSha1)
            ?? throw Refused("The digest must be SHA-256, SHA-384 or SHA-512, unless the integration allows SHA-1.");
        return new SignatureProfile
        {
            Algorithm = SignatureAlgorithm.Find(method.Attribute("Algorithm"), allowSha1)
                ?? throw Refused("The algorithm must be RSA or ECDSA with SHA-256 or better, unless the integration allows SHA-1."),
            Prefixes = ReadPrefixes(canonicalisation),
            TargetPrefixes = ReadTransforms(transforms),
            Digest = digest,
            DigestValue = SamlEncoding.FromBase64(digestValue.Text(Check), Check, mostBytes: 64),
        };
    }

    private static string? ReadTransforms(XmlElement transforms)
    {
        ExpectOnly(transforms, "Transforms");
        if (transforms.Children().ToArray() is not [var enveloped, var canonicalisation]) throw Refused("There must be exactly two transforms.");
        ExpectOnly(enveloped, "Transform", "Algorithm");
        ExpectOnly(canonicalisation, "Transform", "Algorithm");
        if (enveloped.Attribute("Algorithm") != SamlNames.EnvelopedSignature || enveloped.Children().Any())
        {
            throw Refused("The first transform must be enveloped-signature.");
        }

        return ReadPrefixes(canonicalisation);
    }

    // A list of prefixes changes which declarations are written, never which elements: Shibboleth and Okta name xs in it. What it makes of the
    // element is all that is read later.
    private static string? ReadPrefixes(XmlElement canonicalisation)
    {
        if (canonicalisation.Attribute("Algorithm") != SamlNames.ExclusiveCanonicalisation) throw Refused("Canonicalisation must be exclusive and without comments.");
        switch (canonicalisation.Children().ToArray())
        {
            case []:
                return null;
            case [var list] when list.Is(SamlNames.ExclusiveCanonicalisation, "InclusiveNamespaces") && !list.Children().Any():
                var prefixes = list.Attribute("PrefixList");
                return prefixes is { Length: <= LongestPrefixList } ? prefixes : throw Refused("The list of prefixes is missing or too long.");
            default:
                throw Refused("Canonicalisation may have one list of prefixes and nothing else.");
        }
    }

    private static void ExpectOnly(XmlElement element, string name, params ReadOnlySpan<string> attributes)
    {
        if (!element.Is(SamlNames.Signature, name)) throw Refused($"There must be {name} where something else is.");
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (!attributes.Contains(attribute.Name) && attribute.NamespaceURI != "http://www.w3.org/2000/xmlns/") throw Refused($"{name} has an attribute that it must not have.");
        }
    }

    private static SamlRefusedException Refused(string message) => new(Check, message);
}
