using System.Text.Json.Nodes;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Tests.Saml.Minting;

namespace Vaka.Plugins.Sso.Tests.Saml;

public sealed class SamlLoginTests
{
    public static TheoryData<string> Recorded => [.. RecordedResponse.All.Select(response => response.File)];

    [Theory]
    [CombinatorialShapes]
    public async Task CompleteLogin_EveryShape_SaysWhoSignedIn(string signed, string encrypted)
    {
        await using var login = new SamlLogin();
        var output = await login.CompleteAsync(new ResponseBuilder { Signed = Enum.Parse<Signed>(signed), Encrypted = Enum.Parse<Encrypted>(encrypted) });
        Assert.Equal((ResponseBuilder.EntityId, "alice"), (output.Issuer, output.Subject));
        Assert.Equal("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", output.SubjectFormat);
        Assert.Equal(["saml:name_id", "saml:name_id_format", "email", "groups"], output.Claims.Keys);
        Assert.Equal(["eng", "admins"], output.Claims["groups"]);
        Assert.Equal("alice@acme.test", output.Attributes["email"]!.GetValue<string>());
        Assert.Equal(("_session", ResponseBuilder.Now.AddHours(8)), (output.Session.Index, output.Session.ExpiresAt!.Value));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"name_id":{"value":"alice","format":"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent","name_qualifier":null,"sp_name_qualifier":null},"session_index":"_session"}"""),
            JsonNode.Parse(output.LogoutState)));
        Assert.All(login.Test.Steps, step => Assert.True(step.Ok));
        Assert.DoesNotContain(login.Test.Steps, step => step.Message.Contains("alice", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task CompleteLogin_RealIdentityProvider_SaysWhoSignedIn(string file)
    {
        var recorded = RecordedResponse.All.Single(response => response.File == file);
        await using var login = recorded.Login();
        var output = await login.CompleteAsync(recorded.Xml);
        var (mail, name) = file.Contains("-response") ? ("bob@acme.test", "Bob & <Co>") : ("alice@acme.test", "Alice Åström");
        Assert.Equal((mail, name), (output.Subject, output.Claims["displayName"].Single()));
    }

    [Fact]
    public async Task CompleteLogin_Ecdsa_Accepted()
    {
        await using var login = new SamlLogin();
        login.Provider = login.Provider with { Certificates = [TestKeys.IdentityProvider, TestKeys.EllipticCurve] };
        var output = await login.CompleteAsync(new ResponseBuilder { Key = TestKeys.EllipticCurve, Sign = XmlSigning.SignEcdsa, Edit = text => text });
        Assert.Equal("alice", output.Subject);
    }

    [Fact]
    public async Task CompleteLogin_EncryptedToTheKeyBefore_Accepted()
    {
        await using var login = new SamlLogin();
        Assert.Equal("alice", (await login.CompleteAsync(new ResponseBuilder { Encrypted = Encrypted.Gcm, Receiver = TestKeys.OursBefore })).Subject);
    }

    [Fact]
    public async Task CompleteLogin_EncryptedNameId_Accepted()
    {
        await using var login = new SamlLogin();
        var id = XmlEncrypting.Encrypt("<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">alice</saml:NameID>", "EncryptedID", TestKeys.Ours, Encrypted.Cbc);
        Assert.Equal("alice", (await login.CompleteAsync(new ResponseBuilder { NameId = id })).Subject);
    }

    [Fact]
    public async Task CompleteLogin_NamespaceDeclaredAroundTheEncrypted_Accepted()
    {
        await using var login = new SamlLogin();
        var leaning = new ResponseBuilder { Signed = Signed.Response, Encrypted = Encrypted.Gcm }.Build();
        Assert.Contains("EncryptedData", leaning, StringComparison.Ordinal);

        // The declaration is left out of what is encrypted and stands in the response only.
        var response = new ResponseBuilder
        {
            Signed = Signed.Response, Encrypted = Encrypted.Gcm,
            EditAssertion = text => text.Replace(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", StringComparison.Ordinal),
        };
        Assert.Equal("alice", (await login.CompleteAsync(response)).Subject);
    }

    [Fact]
    public async Task CompleteLogin_ListOfPrefixes_Accepted()
    {
        await using var login = new SamlLogin();
        var response = new ResponseBuilder
        {
            Sign = (xml, id, key) => XmlSigning.Sign(xml, id, key, signed =>
                ((System.Security.Cryptography.Xml.XmlDsigExcC14NTransform)((System.Security.Cryptography.Xml.Reference)signed.SignedInfo!.References[0]!).TransformChain[1]).InclusiveNamespacesPrefixList = "xs saml"),
        };
        Assert.Contains("PrefixList=\"xs saml\"", response.Build(), StringComparison.Ordinal);
        Assert.Equal("alice", (await login.CompleteAsync(response)).Subject);
    }

    [Fact]
    public async Task CompleteLogin_PaddedNameId_Trimmed()
    {
        await using var login = new SamlLogin();
        Assert.Equal("alice", (await login.CompleteAsync(new ResponseBuilder { NameId = "<saml:NameID>\n  alice\n</saml:NameID>" })).Subject);
    }

    [Fact]
    public async Task CompleteLogin_IdpInitiatedAllowed_Accepted()
    {
        await using var login = new SamlLogin { Pending = null, Config = new SsoConfig { Protocol = SsoProtocol.Saml, AllowIdpInitiated = true } };
        var response = new ResponseBuilder
        {
            EditAssertion = text => text.Replace(" InResponseTo=\"_request\"", "", StringComparison.Ordinal),
            Edit = text => text.Replace(" InResponseTo=\"_request\"", "", StringComparison.Ordinal),
        };
        Assert.Equal("alice", (await login.CompleteAsync(response)).Subject);
    }

    [Fact]
    public async Task CompleteLogin_ExpiredCertificate_AcceptedWithWarning()
    {
        await using var login = new SamlLogin();
        var expired = TestKeys.Rsa("expired.test", until: ResponseBuilder.Now.AddDays(-1));
        login.Provider = login.Provider with { Certificates = [TestKeys.IdentityProvider, expired] };
        await login.CompleteAsync(new ResponseBuilder { Key = expired });
        Assert.Contains(login.Test.Steps, step => step is { Name: "certificate", Ok: true } && step.Message.StartsWith("Warning:", StringComparison.Ordinal));
    }
}
