using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Encryption;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Whom an assertion is about.</summary>
internal sealed record NameId(
    [property: JsonPropertyName("value")] string Value,
    [property: JsonPropertyName("format")] string? Format,
    [property: JsonPropertyName("name_qualifier")] string? NameQualifier,
    [property: JsonPropertyName("sp_name_qualifier")] string? SpNameQualifier)
{
    private const string Check = "name_id";
    private const int Longest = 1024;

    /// <param name="subject">The Subject, out of signed octets.</param>
    /// <param name="keys">Ours, for an EncryptedID.</param>
    public static NameId Read(XmlElement subject, SpKeyRing keys)
    {
        var plain = subject.Child(SamlNames.Assertion, "NameID", Check);
        var encrypted = subject.Child(SamlNames.Assertion, "EncryptedID", Check);
        var element = (plain, encrypted) switch
        {
            ({ } name, null) => name,
            (null, { } id) => Decryption.Decrypt(id, keys, "NameID"),
            _ => throw new SamlRefusedException(Check, "The subject must have one NameID. An identity provider without one must be told to send it."),
        };
        var value = element.Text(Check);
        return value.Length is > 0 and <= Longest && !value.Any(char.IsControl)
            ? new NameId(value, element.Attribute("Format"), element.Attribute("NameQualifier"), element.Attribute("SPNameQualifier"))
            : throw new SamlRefusedException(Check, "The NameID is empty, too long or has control characters.");
    }
}

/// <summary>What signing out will need.</summary>
internal sealed record LogoutState(
    [property: JsonPropertyName("name_id")] NameId NameId, [property: JsonPropertyName("session_index")] string? SessionIndex)
{
    public string ToJson() => JsonSerializer.Serialize(this);
}
