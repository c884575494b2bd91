using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Signatures;

/// <summary>The algorithms that are taken, each with the one type of key that it works with: a public key can never be taken for a secret,
/// nor a key of one type for one of the other.</summary>
internal sealed record SignatureAlgorithm(string Name, bool IsEcdsa, HashAlgorithmName Hash)
{
    private const int SmallestRsa = 2048;

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34"]; // P-256, P-384

    public static SignatureAlgorithm? Find(string? uri, bool allowSha1) => uri switch
    {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => new("RSA with SHA-256", false, HashAlgorithmName.SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => new("RSA with SHA-384", false, HashAlgorithmName.SHA384),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => new("RSA with SHA-512", false, HashAlgorithmName.SHA512),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => new("ECDSA with SHA-256", true, HashAlgorithmName.SHA256),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => new("ECDSA with SHA-384", true, HashAlgorithmName.SHA384),
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1" when allowSha1 => new("RSA with SHA-1", false, HashAlgorithmName.SHA1),
        _ => null,
    };

    public static HashAlgorithmName? FindDigest(string? uri, bool allowSha1) => uri switch
    {
        "http://www.w3.org/2001/04/xmlenc#sha256" => HashAlgorithmName.SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => HashAlgorithmName.SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => HashAlgorithmName.SHA512,
        "http://www.w3.org/2000/09/xmldsig#sha1" when allowSha1 => HashAlgorithmName.SHA1,
        _ => null,
    };

    /// <summary>Whether the key of <paramref name="certificate"/> made <paramref name="signature"/>; <c>null</c>: it is of the wrong type
    /// or too weak to say so.</summary>
    public bool? Verify(X509Certificate2 certificate, byte[] octets, byte[] signature)
    {
        if (IsEcdsa)
        {
            using var ecdsa = certificate.GetECDsaPublicKey();
            if (ecdsa is null || !Curves.Contains(ecdsa.ExportParameters(false).Curve.Oid.Value)) return null;
            return ecdsa.VerifyData(octets, signature, Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        using var rsa = certificate.GetRSAPublicKey();
        return rsa is { KeySize: >= SmallestRsa } ? rsa.VerifyData(octets, signature, Hash, RSASignaturePadding.Pkcs1) : null;
    }
}
