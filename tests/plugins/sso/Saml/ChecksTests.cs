using Vaka.Plugins.Sso.Tests.Saml.Attacks;
using Vaka.Plugins.Sso.Tests.Saml.Minting;
using Vaka.Plugins.Sso.Saml.Requests;

namespace Vaka.Plugins.Sso.Tests.Saml;

/// <summary>Every check on a response that is well signed.</summary>
public sealed class ChecksTests
{
    private static NaiveValidator Naive => new(TestKeys.IdentityProvider);

    [Theory]
    [InlineData("issuer", "<saml:Issuer>https://idp.test/metadata</saml:Issuer>", "")]
    [InlineData("issuer", "https://idp.test/metadata", "https://other.test/metadata")]
    [InlineData("response", "Version=\"2.0\"", "Version=\"1.1\"")]
    [InlineData("issue_instant", " IssueInstant=\"2026-01-01T12:00:00Z\"", "")]
    [InlineData("issue_instant", "IssueInstant=\"2026-01-01T12:00:00Z\"", "IssueInstant=\"2026-01-01T12:01:01Z\"")]
    [InlineData("issue_instant", "IssueInstant=\"2026-01-01T12:00:00Z\"", "IssueInstant=\"2026-01-01T11:53:59Z\"")]
    [InlineData("issue_instant", "IssueInstant=\"2026-01-01T12:00:00Z\"", "IssueInstant=\"2026-01-01T12:00:00\"")]
    [InlineData("issue_instant", "IssueInstant=\"2026-01-01T12:00:00Z\"", "IssueInstant=\"2026-01-01T13:00:00+01:00\"")]
    [InlineData("subject_confirmation", "cm:bearer", "cm:sender-vouches")]
    [InlineData("subject_confirmation", "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">", "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"/><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">")]
    [InlineData("recipient", "Recipient=\"https://sp.test/acs\"", "Recipient=\"https://sp.test/other/acs\"")]
    [InlineData("recipient", " Recipient=\"https://sp.test/acs\"", "")]
    [InlineData("in_response_to", "InResponseTo=\"_request\"", "InResponseTo=\"_other\"")]
    [InlineData("in_response_to", " InResponseTo=\"_request\"", "")]
    [InlineData("not_on_or_after", "NotOnOrAfter=\"2026-01-01T12:05:00Z\" Recipient", "Recipient")]
    [InlineData("not_on_or_after", "NotOnOrAfter=\"2026-01-01T12:05:00Z\" Recipient", "NotOnOrAfter=\"2026-01-01T11:59:00Z\" Recipient")]
    [InlineData("not_before", "<saml:SubjectConfirmationData ", "<saml:SubjectConfirmationData NotBefore=\"2026-01-01T12:01:01Z\" ")]
    [InlineData("not_before", "NotBefore=\"2026-01-01T11:59:30Z\"", "NotBefore=\"2026-01-01T12:01:01Z\"")]
    [InlineData("not_on_or_after", "NotOnOrAfter=\"2026-01-01T12:05:00Z\"><saml:Audience", "NotOnOrAfter=\"2026-01-01T11:59:00Z\"><saml:Audience")]
    [InlineData("audience", "<saml:Audience>https://sp.test/metadata</saml:Audience>", "<saml:Audience>https://sp.test/metadata/</saml:Audience>")]
    [InlineData("audience", "<saml:AudienceRestriction><saml:Audience>https://sp.test/metadata</saml:Audience></saml:AudienceRestriction>", "")]
    [InlineData("audience", "</saml:Conditions>", "<saml:AudienceRestriction><saml:Audience>https://other.test</saml:Audience></saml:AudienceRestriction></saml:Conditions>")]
    [InlineData("conditions", "</saml:Conditions>", "<saml:Condition/></saml:Conditions>")]
    [InlineData("conditions", "</saml:Conditions>", "<x:New xmlns:x=\"urn:x\"/></saml:Conditions>")]
    [InlineData("authn_statement", " AuthnInstant=\"2026-01-01T11:59:00Z\"", "")]
    [InlineData("authn_statement", "AuthnInstant=\"2026-01-01T11:59:00Z\"", "AuthnInstant=\"2026-01-01T12:01:01Z\"")]
    [InlineData("authn_statement", "saml:AuthnContextClassRef", "saml:AuthnContextDeclRef")]
    [InlineData("session", "SessionNotOnOrAfter=\"2026-01-01T20:00:00Z\"", "SessionNotOnOrAfter=\"2026-01-01T11:59:00Z\"")]
    [InlineData("name_id", ">alice<", ">  <")]
    [InlineData("name_id", ">alice<", "><b/><")]
    [InlineData("name_id", ">alice<", ">a&#10;b<")]
    [InlineData("name_id", "<saml:NameID ", "<saml:BaseID ")]
    [InlineData("attributes", "Attribute Name=\"email\"", "Attribute FriendlyName=\"email\"")]
    [InlineData("duplicate_attribute", "Attribute Name=\"groups\"", "Attribute Name=\"email\"")]
    [InlineData("duplicate_attribute", "Attribute Name=\"groups\"", "Attribute Name=\"saml:name_id\"")]
    public async Task Assertion_Wrong_RefusedByItsCheck(string check, string from, string to)
    {
        await using var login = new SamlLogin();
        var response = new ResponseBuilder
        {
            EditAssertion = text =>
            {
                Assert.Contains(from, text, StringComparison.Ordinal);
                var changed = text.Replace(from, to, StringComparison.Ordinal);
                return from is "<saml:NameID " ? changed.Replace("</saml:NameID>", "</saml:BaseID>", StringComparison.Ordinal) : changed;
            },
        };
        Assert.Equal(check, await login.RefusedAsync(response));
        if (check is not "name_id") Assert.Equal("alice", Naive.Accept(response.Build())); // its signature is good, after all
        Assert.True(await login.Test.OneTime.TryAddAsync("saml:assertion:" + Hash("_assertion"), "", TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    [Theory]
    [InlineData("response", "samlp:Response", "samlp:ArtifactResponse")]
    [InlineData("response", "Version=\"2.0\" IssueInstant=\"2026-01-01T12:00:00Z\" Destination", "Version=\"1.0\" IssueInstant=\"2026-01-01T12:00:00Z\" Destination")]
    [InlineData("status", "status:Success", "status:Responder")]
    [InlineData("status", "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>", "")]
    [InlineData("destination", "Destination=\"https://sp.test/acs\"", "Destination=\"https://sp.test/other/acs\"")]
    [InlineData("destination", " Destination=\"https://sp.test/acs\"", "")]
    [InlineData("issuer", "InResponseTo=\"_request\"><saml:Issuer>https://idp.test/metadata</saml:Issuer>", "InResponseTo=\"_request\"><saml:Issuer>https://other.test</saml:Issuer>")]
    [InlineData("issue_instant", "IssueInstant=\"2026-01-01T12:00:00Z\" Destination", "Destination")]
    [InlineData("in_response_to", "InResponseTo=\"_request\"><saml:Issuer>", "InResponseTo=\"_other\"><saml:Issuer>")]
    [InlineData("in_response_to", "InResponseTo=\"_request\"><saml:Issuer>", "><saml:Issuer>")]
    public async Task Response_Wrong_RefusedByItsCheck(string check, string from, string to)
    {
        foreach (var signed in new[] { Signed.Assertion, Signed.Both })
        {
            await using var login = new SamlLogin();
            var response = new ResponseBuilder
            {
                Signed = signed,
                Edit = text =>
                {
                    Assert.Contains(from, text, StringComparison.Ordinal);
                    return text.Replace(from, to, StringComparison.Ordinal);
                },
            };
            Assert.Equal(check, await login.RefusedAsync(response));
            Assert.Equal("alice", Naive.Accept(response.Build()));
        }
    }

    [Fact]
    public async Task Response_Twice_ReplayRefused()
    {
        await using var login = new SamlLogin();
        var xml = new ResponseBuilder().Build();
        await login.CompleteAsync(xml);
        Assert.Equal("replay", await login.RefusedAsync(xml));
        Assert.Equal("alice", Naive.Accept(xml));
        Assert.Equal("alice", Naive.Accept(xml));
        login.Test.FakeClock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("replay", await login.RefusedAsync(xml));
        login.Test.FakeClock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("not_on_or_after", await login.RefusedAsync(xml));
    }

    [Fact]
    public async Task Request_AnsweredTwice_ReplayRefused()
    {
        await using var login = new SamlLogin();
        await login.CompleteAsync(new ResponseBuilder());
        Assert.Equal("replay", await login.RefusedAsync(new ResponseBuilder { AssertionId = "_another" }));
    }

    // CVE-2026-49284: a response that another browser asked for.
    [Fact]
    public async Task Pending_OfAnotherBrowser_Refused()
    {
        await using var login = new SamlLogin { Pending = new PendingRequest("_mine", ResponseBuilder.Now) };
        Assert.Equal("in_response_to", await login.RefusedAsync(new ResponseBuilder()));
        login.Pending = null;
        Assert.Equal("in_response_to", await login.RefusedAsync(new ResponseBuilder()));
        login.Config = login.Config with { AllowIdpInitiated = true };
        Assert.Equal("in_response_to", await login.RefusedAsync(new ResponseBuilder()));
    }

    [Fact]
    public async Task Pending_HourOld_Refused()
    {
        await using var login = new SamlLogin { Pending = new PendingRequest(ResponseBuilder.Request, ResponseBuilder.Now.AddHours(-1)) };
        Assert.Equal("in_response_to", await login.RefusedAsync(new ResponseBuilder()));
    }

    [Fact]
    public async Task Encryption_Demanded_PlainRefused()
    {
        await using var login = new SamlLogin();
        login.Config = login.Config with { RequireEncryption = true };
        Assert.Equal("encryption", await login.RefusedAsync(new ResponseBuilder()));
        Assert.Equal("alice", (await login.CompleteAsync(new ResponseBuilder { Encrypted = Encrypted.Gcm })).Subject);
    }

    [Fact]
    public async Task AuthnContext_NotWanted_Refused()
    {
        await using var login = new SamlLogin();
        login.Config = login.Config with { AuthenticationContexts = ["urn:oasis:names:tc:SAML:2.0:ac:classes:X509"] };
        Assert.Equal("authn_context", await login.RefusedAsync(new ResponseBuilder()));
        login.Config = login.Config with { AuthenticationContexts = ["urn:x", "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"] };
        await login.CompleteAsync(new ResponseBuilder());
    }

    [Fact]
    public async Task Times_AtTheEndOfTime_AcceptedForTheirAge()
    {
        await using var login = new SamlLogin();
        var response = new ResponseBuilder { EditAssertion = text => text.Replace("2026-01-01T12:05:00Z", "9999-12-31T23:59:59.999999999Z", StringComparison.Ordinal) };
        Assert.Equal("alice", (await login.CompleteAsync(response)).Subject);
        Assert.Equal("replay", await login.RefusedAsync(response));
    }

    [Fact]
    public async Task Attributes_SameNameOtherFormat_BothTaken()
    {
        await using var login = new SamlLogin();
        var response = new ResponseBuilder
        {
            Attributes = ResponseBuilder.Attribute("group", "a") + ResponseBuilder.Attribute("group", "b").Replace(":basic", ":uri", StringComparison.Ordinal),
        };
        Assert.Equal(["a", "b"], (await login.CompleteAsync(response)).Claims["group"]);
    }

    [Fact]
    public async Task Pending_Forged_RefusedAsUnexpected()
    {
        await using var login = new SamlLogin { Pending = new PendingRequest("", ResponseBuilder.Now) };
        Assert.Equal("unexpected", await login.RefusedAsync(new ResponseBuilder()));
    }

    private static string Hash(string id) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));
}
