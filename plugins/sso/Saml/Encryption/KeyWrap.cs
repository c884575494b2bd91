using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Encryption;

/// <summary>How the data's key is encrypted to us: RSA-OAEP. PKCS#1 v1.5 is never tried (Bleichenbacher's attack).</summary>
internal static class KeyWrap
{
    private const string Check = "decryption";
    private const string Sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    private const string Sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    private const string MaskSha1 = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
    private const string MaskSha256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

    // SHA-1 in OAEP is no weakness of it, and the default of the standard.
    public static RSAEncryptionPadding Read(XmlElement encryptedKey)
    {
        var method = encryptedKey.Child(SamlNames.Encryption, "EncryptionMethod", Check) ?? throw Refused();
        if (method.Children(SamlNames.Encryption, "OAEPparams").Any()) throw Refused();
        var digest = method.Child(SamlNames.Signature, "DigestMethod", Check)?.Attribute("Algorithm") ?? Sha1;
        var mask = method.Child(SamlNames.Encryption11, "MGF", Check)?.Attribute("Algorithm") ?? MaskSha1;
        return (method.Attribute("Algorithm"), digest, mask) switch
        {
            ("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", Sha1, MaskSha1) => RSAEncryptionPadding.OaepSHA1,
            ("http://www.w3.org/2009/xmlenc11#rsa-oaep", Sha1, MaskSha1) => RSAEncryptionPadding.OaepSHA1,
            ("http://www.w3.org/2009/xmlenc11#rsa-oaep", Sha256, MaskSha256) => RSAEncryptionPadding.OaepSHA256,
            _ => throw Refused(),
        };
    }

    public static byte[]? TryUnwrap(SpKey key, RSAEncryptionPadding padding, byte[] value)
    {
        using var rsa = key.Certificate.GetRSAPrivateKey() ?? throw new InvalidOperationException("Our key is there without its private part.");
        try
        {
            return rsa.Decrypt(value, padding);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static SamlRefusedException Refused() =>
        new(Check, "The key must be encrypted with RSA-OAEP, with SHA-1 throughout or SHA-256 throughout.");
}
