using System.Xml;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Encryption;

/// <summary>Where XML Encryption puts things.</summary>
internal static class EncryptedParts
{
    private const string Check = "decryption";

    public static string? Algorithm(XmlElement encrypted) =>
        encrypted.Child(SamlNames.Encryption, "EncryptionMethod", Check)?.Attribute("Algorithm");

    public static byte[] CipherValue(XmlElement encrypted)
    {
        // A CipherReference would be fetched from somewhere.
        var value = encrypted.Child(SamlNames.Encryption, "CipherData", Check)?.Child(SamlNames.Encryption, "CipherValue", Check)
            ?? throw new SamlRefusedException(Check, "There is no CipherValue.");
        return SamlEncoding.FromBase64(value.Text(Check), Check);
    }

    /// <summary>Inside the data's KeyInfo, as most write it, or beside the data.</summary>
    public static IEnumerable<XmlElement> Keys(XmlElement around, XmlElement data) =>
        data.Children(SamlNames.Signature, "KeyInfo").SelectMany(info => info.Children(SamlNames.Encryption, "EncryptedKey"))
            .Concat(around.Children(SamlNames.Encryption, "EncryptedKey"));
}
