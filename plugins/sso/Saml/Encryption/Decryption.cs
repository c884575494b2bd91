using System.Security.Cryptography;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Encryption;

/// <summary>Decrypts an EncryptedAssertion or EncryptedID: RSA-OAEP around AES-GCM or AES-CBC. Decrypting proves nothing of who encrypted: the
/// signature is asked for besides.</summary>
internal static class Decryption
{
    private const string Check = "decryption";
    private const int MostKeys = 2; // each is tried with up to three keys of ours, a millisecond each

    /// <param name="encrypted">The element around EncryptedData.</param>
    /// <param name="keys">Ours.</param>
    /// <param name="name">The element of the assertion namespace that must come out.</param>
    /// <exception cref="SamlRefusedException">The check is <c>decryption</c>. Whatever fails with the ciphertext fails with the same words, so
    /// that nobody can use us to find out what is in it.</exception>
    public static XmlElement Decrypt(XmlElement encrypted, SpKeyRing keys, string name)
    {
        var data = encrypted.Child(SamlNames.Encryption, "EncryptedData", Check) ?? throw Refused("There is no EncryptedData.");
        var cipher = DataCipher.Find(EncryptedParts.Algorithm(data))
            ?? throw Refused("The data must be encrypted with AES-GCM or AES-CBC.");
        var text = EncryptedParts.CipherValue(data);
        var wrapped = EncryptedParts.Keys(encrypted, data).Take(MostKeys).Select(key => (KeyWrap.Read(key), EncryptedParts.CipherValue(key))).ToArray();
        return Candidates(wrapped, keys, cipher).Select(key => TryOpen(cipher, key, text, encrypted, name)).FirstOrDefault(element => element is not null)
            ?? throw Refused("It cannot be decrypted by our current, previous or next key, or is damaged.");
    }

    private static IEnumerable<byte[]> Candidates((RSAEncryptionPadding Padding, byte[] Value)[] wrapped, SpKeyRing keys, DataCipher cipher) =>
        from key in keys.All
        from entry in wrapped
        let unwrapped = KeyWrap.TryUnwrap(key, entry.Padding, entry.Value)
        where unwrapped?.Length == cipher.KeyBytes
        select unwrapped;

    private static XmlElement? TryOpen(DataCipher cipher, byte[] key, byte[] text, XmlElement place, string name)
    {
        try
        {
            var element = Fragment.Parse(cipher.Decrypt(key, text), place);
            return element.Is(SamlNames.Assertion, name) ? element : null;
        }
        catch (Exception exception) when (exception is CryptographicException or SamlRefusedException)
        {
            return null;
        }
    }

    private static SamlRefusedException Refused(string message) => new(Check, message);
}
