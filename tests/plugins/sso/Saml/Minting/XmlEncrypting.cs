using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vaka.Plugins.Sso.Tests.Saml.Minting;

/// <summary>Encrypts as XML Encryption has it, by hand: the framework's EncryptedXml has no AES-GCM.</summary>
internal static class XmlEncrypting
{
    public static string Encrypt(string xml, string element, X509Certificate2 receiver, Encrypted how) =>
        Wrap(how is Encrypted.Gcm ? Gcm(xml, out var key) : Cbc(xml, out key), key, element, receiver, how);

    public static string Wrap(byte[] cipher, byte[] key, string element, X509Certificate2 receiver, Encrypted how)
    {
        using var rsa = receiver.GetRSAPublicKey()!;
        var algorithm = how is Encrypted.Gcm ? "http://www.w3.org/2009/xmlenc11#aes256-gcm" : "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
        return $"""
            <saml:{element} xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="{algorithm}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><xenc:CipherData><xenc:CipherValue>{Convert.ToBase64String(rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA1))}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{Convert.ToBase64String(cipher)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:{element}>
            """;
    }

    public static byte[] Gcm(string xml, out byte[] key)
    {
        key = RandomNumberGenerator.GetBytes(32);
        var plain = Encoding.UTF8.GetBytes(xml);
        var cipher = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(cipher.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(cipher.AsSpan(0, 12), plain, cipher.AsSpan(12, plain.Length), cipher.AsSpan(12 + plain.Length));
        return cipher;
    }

    public static byte[] Cbc(string xml, out byte[] key)
    {
        key = RandomNumberGenerator.GetBytes(16);
        using var aes = Aes.Create();
        aes.Key = key;
        var iv = RandomNumberGenerator.GetBytes(16);
        return [.. iv, .. aes.EncryptCbc(Encoding.UTF8.GetBytes(xml), iv, PaddingMode.ISO10126)];
    }
}
