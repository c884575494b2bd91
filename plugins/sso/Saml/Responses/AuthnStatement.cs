using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>How and when the person gave credentials.</summary>
internal static class AuthnStatement
{
    private const string Check = "authn_statement";

    public static LoginSession Read(XmlElement assertion, Expected expected)
    {
        var statement = assertion.Child(SamlNames.Assertion, "AuthnStatement", Check)
            ?? throw new SamlRefusedException(Check, "The assertion has no AuthnStatement: nobody has signed in.");
        var at = SamlTime.Read(statement, "AuthnInstant", Check) ?? throw new SamlRefusedException(Check, "AuthnStatement has no AuthnInstant.");
        if (at > expected.Now + expected.Skew) throw new SamlRefusedException(Check, $"AuthnInstant is {at:u}, and it is {expected.Now:u} here. Compare the clocks.");
        var reference = statement.Child(SamlNames.Assertion, "AuthnContext", Check)?.Child(SamlNames.Assertion, "AuthnContextClassRef", Check)?.Text(Check);
        if (reference is not { Length: > 0 }) throw new SamlRefusedException(Check, "AuthnStatement has no AuthnContextClassRef.");
        var wanted = expected.Config.AuthenticationContexts;
        if (wanted.Count > 0 && !wanted.Contains(reference, StringComparer.Ordinal))
        {
            throw new SamlRefusedException("authn_context", $"The person signed in by {LoginTrace.Shown(reference)}, which is none of the integration's authentication_contexts.");
        }

        return new LoginSession
        {
            Index = statement.Attribute("SessionIndex"), AuthenticatedAt = at, Context = reference,
            ExpiresAt = TimeWindow.CheckNotOnOrAfter(statement, "SessionNotOnOrAfter", expected, "session"),
        };
    }
}
