using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>The checks of the assertion itself.</summary>
internal static class AssertionChecks
{
    /// <returns>Until when it could be used again.</returns>
    public static DateTimeOffset Run(XmlElement assertion, Expected expected, LoginTrace trace)
    {
        if (assertion.Attribute("Version") != "2.0") throw new SamlRefusedException("response", "The assertion is not of SAML version 2.0.");
        ResponseChecks.CheckIssuer(assertion, assertion.Child(SamlNames.Assertion, "Issuer", "issuer"), expected);
        trace.Passed("issuer", $"It was issued by '{expected.Provider.EntityId}'.");
        var issued = TimeWindow.CheckIssueInstant(assertion, expected);
        trace.Passed("issue_instant", $"It was issued at {issued:u}.");

        var confirmed = CheckBearer(assertion, expected);
        trace.Passed("recipient", "It is for our assertion consumer service.");
        trace.Passed("in_response_to", expected.Pending is null ? "It answers no request, which the integration allows." : "It answers this browser's request.");
        CheckConditions(assertion, expected);
        trace.Passed("audience", $"It is for '{expected.Audience}'.");

        // Whichever ends first ends it; the age is what bounds a time far away.
        var tooOld = issued + expected.LongestAge;
        return confirmed < tooOld ? confirmed : tooOld;
    }

    private static DateTimeOffset CheckBearer(XmlElement assertion, Expected expected)
    {
        const string Check = "subject_confirmation";
        var subject = assertion.Child(SamlNames.Assertion, "Subject", Check) ?? throw new SamlRefusedException(Check, "The assertion has no Subject.");
        var bearers = subject.Children(SamlNames.Assertion, "SubjectConfirmation")
            .Where(confirmation => confirmation.Attribute("Method") == "urn:oasis:names:tc:SAML:2.0:cm:bearer").ToArray();
        if (bearers is not [var bearer] || bearer.Child(SamlNames.Assertion, "SubjectConfirmationData", Check) is not { } data)
        {
            throw new SamlRefusedException(Check, "The assertion must have exactly one bearer SubjectConfirmation, with its data.");
        }

        if (data.Attribute("Recipient") is var recipient && recipient != expected.Acs)
        {
            throw new SamlRefusedException("recipient", $"It is for {LoginTrace.Shown(recipient)}; our assertion consumer service is '{expected.Acs}'.");
        }

        InResponseTo.Check(data, expected);
        TimeWindow.CheckNotBefore(data, "NotBefore", expected, "not_before");
        return TimeWindow.CheckNotOnOrAfter(data, "NotOnOrAfter", expected, "not_on_or_after")
            ?? throw new SamlRefusedException("not_on_or_after", "SubjectConfirmationData has no NotOnOrAfter.");
    }

    private static void CheckConditions(XmlElement assertion, Expected expected)
    {
        const string Check = "conditions";
        var conditions = assertion.Child(SamlNames.Assertion, "Conditions", Check) ?? throw new SamlRefusedException(Check, "The assertion has no Conditions.");
        TimeWindow.CheckNotBefore(conditions, "NotBefore", expected, "not_before");
        TimeWindow.CheckNotOnOrAfter(conditions, "NotOnOrAfter", expected, "not_on_or_after");
        var isRestricted = false;
        foreach (var condition in conditions.Children())
        {
            switch (condition)
            {
                case { NamespaceURI: SamlNames.Assertion, LocalName: "AudienceRestriction" }:
                    CheckAudience(condition, expected);
                    isRestricted = true;
                    break;
                case { NamespaceURI: SamlNames.Assertion, LocalName: "OneTimeUse" or "ProxyRestriction" }:
                    break; // every assertion is used once, and none is passed on
                default:
                    throw new SamlRefusedException(Check, $"There is a condition that is not known here: {LoginTrace.Shown(condition.LocalName)}.");
            }
        }

        if (!isRestricted) throw new SamlRefusedException("audience", "The assertion does not say whom it is for.");
    }

    private static void CheckAudience(XmlElement restriction, Expected expected)
    {
        var audiences = restriction.Children(SamlNames.Assertion, "Audience").Select(audience => audience.Text("audience")).ToArray();
        if (!audiences.Contains(expected.Audience, StringComparer.Ordinal))
        {
            throw new SamlRefusedException("audience", $"It is for {LoginTrace.Shown(audiences.FirstOrDefault())}; our entity id is '{expected.Audience}'.");
        }
    }
}
