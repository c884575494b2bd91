using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>The checks of the response around the assertion. Where the response is not signed they can only refuse.</summary>
internal static class ResponseChecks
{
    public static void Run(SignedAssertion signed, Expected expected, LoginTrace trace)
    {
        var response = signed.Envelope;
        ArrivedResponse.CheckStatus(response);
        CheckDestination(response, expected);
        trace.Passed("destination", "It was sent to our assertion consumer service.");

        var issuer = response.Child(SamlNames.Assertion, "Issuer", "issuer");
        if (issuer is not null || signed.ResponseSignature is not null || signed.WasEncrypted) CheckIssuer(response, issuer, expected);
        TimeWindow.CheckIssueInstant(response, expected);
        InResponseTo.Check(response, expected);
    }

    /// <summary>The row says who the identity provider is; the issuer only confirms it.</summary>
    public static void CheckIssuer(XmlElement of, XmlElement? issuer, Expected expected)
    {
        if (issuer is null) throw new SamlRefusedException("issuer", $"{of.LocalName} has no Issuer.");
        if (issuer.Text("issuer") is var name && name != expected.Provider.EntityId)
        {
            throw new SamlRefusedException("issuer", $"{of.LocalName} was issued by {LoginTrace.Shown(name)}; the integration's identity provider is '{expected.Provider.EntityId}'.");
        }
    }

    private static void CheckDestination(XmlElement response, Expected expected)
    {
        if (response.Attribute("Destination") is var destination && destination != expected.Acs)
        {
            throw new SamlRefusedException("destination", $"It was sent to {LoginTrace.Shown(destination)}; our assertion consumer service is '{expected.Acs}'.");
        }
    }
}
