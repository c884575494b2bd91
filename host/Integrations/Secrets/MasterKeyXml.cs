using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Encrypts the keys of the ring: <c>&lt;masterKeyEncrypted keyId="…"&gt;base64&lt;/masterKeyEncrypted&gt;</c>.</summary>
internal sealed class MasterKeyXmlEncryptor(MasterKeys keys) : IXmlEncryptor
{
    public const string KeyId = "keyId";
    public static readonly XName Element = "masterKeyEncrypted";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var bytes = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        try
        {
            var element = new XElement(Element, new XAttribute(KeyId, keys.Current.Id), Convert.ToBase64String(keys.Current.Encrypt(bytes)));
            return new EncryptedXmlInfo(element, typeof(MasterKeyXmlDecryptor));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}

/// <summary>The other way. Its name stands in stored keys: it must not be renamed.</summary>
internal sealed class MasterKeyXmlDecryptor(MasterKeys keys) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var id = (string?)encryptedElement.Attribute(MasterKeyXmlEncryptor.KeyId);
        var key = id is null ? null : keys.Find(id);
        if (key is null) throw new CryptographicException($"A key of the ring is encrypted under the master key {id}, which is not here.");
        var bytes = key.Decrypt(Convert.FromBase64String(encryptedElement.Value));
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
