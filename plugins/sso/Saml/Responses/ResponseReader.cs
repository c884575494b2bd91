using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Who signed in, and until when the response has to be remembered.</summary>
internal sealed record ReadResponse(CompleteLoginOutput Login, string AssertionId, DateTimeOffset UsableUntil);

/// <summary>The one way a response is read: bounded XML, signature, signed octets, and every check on these. Replay is for
/// <see cref="OneUse"/>, once all else is well.</summary>
internal static class ResponseReader
{
    /// <exception cref="SamlRefusedException">The response is refused.</exception>
    public static ReadResponse Read(ArrivedMessage message, Expected expected, SpKeyRing keys, LoginTrace trace)
    {
        var arrived = ArrivedResponse.Read(message);
        trace.Passed("response", "It is a SAML 2.0 response that says Success.");
        var signed = SignedAssertion.Read(arrived, expected.Provider, keys, expected.Config);
        TraceSignatures(signed, expected, trace);
        ResponseChecks.Run(signed, expected, trace);
        var usableUntil = AssertionChecks.Run(signed.Assertion, expected, trace);

        var subject = signed.Assertion.Child(SamlNames.Assertion, "Subject", "name_id")!; // its confirmation was checked
        var nameId = NameId.Read(subject, keys);
        trace.Passed("name_id", $"There is a NameID of format {LoginTrace.Shown(nameId.Format)}.");
        var session = AuthnStatement.Read(signed.Assertion, expected);
        trace.Passed("authn_statement", $"The person signed in at {session.AuthenticatedAt:u} by {LoginTrace.Shown(session.Context)}.");
        var claims = Attributes.Read(signed.Assertion, nameId);
        var login = new CompleteLoginOutput
        {
            Issuer = expected.Provider.EntityId, Subject = nameId.Value, SubjectFormat = nameId.Format, Claims = claims,
            Attributes = AttributeMapping.Map(claims, expected.Config.Attributes, trace), Session = session,
            LogoutState = new LogoutState(nameId, session.Index).ToJson(),
        };
        return new ReadResponse(login, signed.Assertion.Attribute("ID") ?? throw new SamlRefusedException("response", "The assertion has no ID."), usableUntil);
    }

    private static void TraceSignatures(SignedAssertion signed, Expected expected, LoginTrace trace)
    {
        if (signed.WasEncrypted) trace.Passed("decryption", "The assertion was encrypted to our key.");
        foreach (var (what, signature) in new[] { ("response", signed.ResponseSignature), ("assertion", signed.AssertionSignature) })
        {
            if (signature is null) continue;
            trace.Passed("signature", $"The {what} is signed with {signature.Algorithm} by {signature.Certificate.Subject}.");
            if (signature.UsesSha1) trace.Noted("signature", "SHA-1 can be forged. Have the identity provider use SHA-256.");
            TraceExpiry(signature.Certificate, expected, trace);
        }
    }

    // An identity provider's certificate is only a carrier of its key: that it has expired is no attack.
    private static void TraceExpiry(X509Certificate2 certificate, Expected expected, LoginTrace trace)
    {
        if (certificate.NotAfter.ToUniversalTime() < expected.Now.UtcDateTime)
        {
            trace.Noted("certificate", $"The certificate expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}. It is still taken; have it renewed.");
        }
    }
}
