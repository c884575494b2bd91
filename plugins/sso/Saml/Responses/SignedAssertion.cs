using System.Xml;
using Vaka.Plugins.Sso.Saml.Encryption;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Signatures;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>An assertion that was parsed out of signed octets.</summary>
/// <param name="Assertion">The assertion. Nothing of what arrived hangs together with it.</param>
/// <param name="Envelope">The response around it: signed too if <paramref name="ResponseSignature"/> says so, else as it arrived, good enough to
/// refuse for and for nothing else.</param>
/// <param name="ResponseSignature">The response's signature; <c>null</c>: it has none.</param>
/// <param name="AssertionSignature">The assertion's own; <c>null</c>: it has none.</param>
/// <param name="WasEncrypted">Whether it came encrypted.</param>
internal sealed record SignedAssertion(
    XmlElement Assertion, XmlElement Envelope, SignedElement? ResponseSignature, SignedElement? AssertionSignature, bool WasEncrypted)
{
    /// <summary>Every signature that is there must be good, and one of response and assertion must be signed, encrypted or not.</summary>
    public static SignedAssertion Read(XmlElement arrived, IdentityProvider provider, SpKeyRing keys, SsoConfig config)
    {
        var response = SignedOctets.HasSignature(arrived) ? SignedOctets.Verify(arrived, provider.Certificates, config.AllowSha1) : null;
        var envelope = response?.Element ?? arrived;

        var plain = envelope.Child(SamlNames.Assertion, "Assertion", "one_assertion");
        var encrypted = envelope.Child(SamlNames.Assertion, "EncryptedAssertion", "one_assertion");
        if (plain is not null && config.RequireEncryption)
        {
            throw new SamlRefusedException("encryption", "The assertion is not encrypted, and the integration demands that.");
        }

        var assertion = plain
            ?? Decryption.Decrypt(encrypted ?? throw new SamlRefusedException("one_assertion", "There is no assertion."), keys, "Assertion");
        var own = SignedOctets.HasSignature(assertion) ? SignedOctets.Verify(assertion, provider.Certificates, config.AllowSha1) : null;
        return own is null && response is null
            ? throw new SamlRefusedException("signature", "Neither the response nor the assertion is signed.")
            : new SignedAssertion(own?.Element ?? assertion, envelope, response, own, encrypted is not null);
    }
}
