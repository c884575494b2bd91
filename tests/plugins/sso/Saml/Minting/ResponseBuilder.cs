using System.Security;
using System.Security.Cryptography.X509Certificates;
using System.Xml;

namespace Vaka.Plugins.Sso.Tests.Saml.Minting;

internal enum Signed { None, Assertion, Response, Both }

internal enum Encrypted { No, Gcm, Cbc }

/// <summary>Mints responses as an identity provider would, by code that has nothing in common with what reads them. Every part can be given
/// otherwise; <see cref="Edit"/> changes the text before it is signed.</summary>
internal sealed record ResponseBuilder
{
    public const string EntityId = "https://idp.test/metadata";
    public const string Audience = "https://sp.test/metadata";
    public const string Acs = "https://sp.test/acs";
    public const string Request = "_request";

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public Signed Signed { get; init; } = Signed.Assertion;

    public Encrypted Encrypted { get; init; }

    public X509Certificate2 Key { get; init; } = TestKeys.IdentityProvider;

    public X509Certificate2 Receiver { get; init; } = TestKeys.Ours;

    public string NameId { get; init; } = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">alice</saml:NameID>";

    public string AssertionId { get; init; } = "_assertion";

    public string Attributes { get; init; } = Attribute("email", "alice@acme.test") + Attribute("groups", "eng", "admins");

    /// <summary>Changes the assertion's text before it is signed.</summary>
    public Func<string, string> EditAssertion { get; init; } = text => text;

    /// <summary>Changes the response's text before it is signed; the assertion in it is as it will be sent.</summary>
    public Func<string, string> Edit { get; init; } = text => text;

    /// <summary>How to sign, by the element's id.</summary>
    public Func<string, string, X509Certificate2, string> Sign { get; init; } = XmlSigning.Sign;

    public static string Attribute(string name, params string[] values) =>
        $"<saml:Attribute Name=\"{SecurityElement.Escape(name)}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\">"
        + string.Concat(values.Select(value => $"<saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">{SecurityElement.Escape(value)}</saml:AttributeValue>"))
        + "</saml:Attribute>";

    public string Build()
    {
        var assertion = EditAssertion($"""
            <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{AssertionId}" Version="2.0" IssueInstant="2026-01-01T12:00:00Z"><saml:Issuer>{EntityId}</saml:Issuer>
            <saml:Subject>{NameId}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="2026-01-01T12:05:00Z" Recipient="{Acs}" InResponseTo="{Request}"/></saml:SubjectConfirmation></saml:Subject>
            <saml:Conditions NotBefore="2026-01-01T11:59:30Z" NotOnOrAfter="2026-01-01T12:05:00Z"><saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
            <saml:AuthnStatement AuthnInstant="2026-01-01T11:59:00Z" SessionIndex="_session" SessionNotOnOrAfter="2026-01-01T20:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
            <saml:AttributeStatement>{Attributes}</saml:AttributeStatement></saml:Assertion>
            """);
        if (Signed is Signed.Assertion or Signed.Both) assertion = Sign(assertion, AssertionId, Key);
        if (Encrypted is not Encrypted.No) assertion = XmlEncrypting.Encrypt(assertion, "EncryptedAssertion", Receiver, Encrypted);

        var response = Edit($"""
            <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="2026-01-01T12:00:00Z" Destination="{Acs}" InResponseTo="{Request}"><saml:Issuer>{EntityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>
            """);
        return Signed is Signed.Response or Signed.Both ? Sign(response, "_response", Key) : response;
    }

    /// <summary>The response as a document, for attacks to change.</summary>
    public XmlDocument BuildDocument() => Load(Build());

    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document;
    }
}
