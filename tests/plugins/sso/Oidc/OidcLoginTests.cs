using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Oidc;

public sealed class OidcLoginTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public async Task CompleteLogin_Algorithm_IsTaken(string algorithm)
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { SigningAlgorithms = [algorithm] };
        test.Provider.Keys.Add(test.Provider.SigningKey = IssuerTestKey.Create("k2", algorithm));
        test.Provider.BendClaims = claims => claims.Remove("at_hash");
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_GoodAnswer_SaysWho()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["email"] = "signed@acme.test";

        var output = await test.LoginAsync();

        Assert.Equal(test.Provider.Issuer, output.Issuer);
        Assert.Equal(BentProvider.Subject, output.Subject);
        Assert.Null(output.SubjectFormat);
        Assert.Equal("session-1", output.Session.Index);
        Assert.Equal("pwd", output.Session.Context);
        Assert.Equal(test.Host.Clock.GetUtcNow(), output.Session.AuthenticatedAt);
        Assert.Equal(["signed@acme.test"], output.Claims["email"]);
        Assert.Equal(["eng", "admins"], output.Claims["groups"]);
        Assert.Equal("signed@acme.test", (string?)output.Attributes["email"]);
        var remembered = JsonNode.Parse(output.LogoutState)!;
        Assert.Equal(BentProvider.Subject, (string?)remembered["sub"]);
        Assert.Equal("session-1", (string?)remembered["sid"]);
        Assert.Equal(3, ((string?)remembered["id_token"])!.Split('.').Length);
        Assert.All(test.Host.Steps, step => Assert.True(step.Ok, step.Message));
    }

    [Fact]
    public async Task BeginLogin_Request_HoldsStateNonceAndChallenge()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { Scopes = ["email", "groups"] };

        var begun = await test.BeginAsync(hint: "alice@acme.test");

        Assert.StartsWith($"{test.Provider.Issuer}/authorize?tenant=a%20b&", begun.Request.Url, StringComparison.Ordinal);
        Assert.Empty(begun.Request.Fields);
        var query = QueryHelpers.ParseQuery(new Uri(begun.Request.Url).Query);
        var pending = JsonNode.Parse(begun.Pending)!;
        Assert.Equal("a b", query["tenant"]);
        Assert.Equal("code", query["response_type"]);
        Assert.Equal(BentProvider.Client, query["client_id"]);
        Assert.Equal(OidcTest.Addresses.Callback, query["redirect_uri"]);
        Assert.Equal("openid email groups", query["scope"]);
        Assert.Equal(OidcTest.Handle, query["state"]);
        Assert.Equal((string?)pending["nonce"], query["nonce"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes((string)pending["code_verifier"]!))), query["code_challenge"]);
        Assert.Equal("alice@acme.test", query["login_hint"]);
        Assert.False(query.ContainsKey("prompt"));
        Assert.False(query.ContainsKey("max_age"));
        Assert.NotEqual((string?)pending["nonce"], (string?)JsonNode.Parse((await test.BeginAsync()).Pending)!["nonce"]);
    }

    [Fact]
    public async Task BeginLogin_NoPkceListed_SendsItAllTheSame()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json["code_challenge_methods_supported"] = new JsonArray("plain");
        Assert.Contains("&code_challenge_method=S256", (await test.BeginAsync()).Request.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeginLogin_Forced_AsksForCredentials()
    {
        await using var test = await OidcTest.StartAsync();
        var query = QueryHelpers.ParseQuery(new Uri((await test.BeginAsync(force: true)).Request.Url).Query);
        Assert.Equal("login", query["prompt"]);
        Assert.Equal("0", query["max_age"]);
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync(force: true)).Subject);
    }

    [Fact]
    public async Task CompleteLogin_Basic_EncodesIdAndSecretAsInAForm()
    {
        await using var test = await OidcTest.StartAsync();
        await test.LoginAsync();

        var request = Assert.Single(test.Provider.At("/token"));
        Assert.Equal(
            $"Basic {Convert.ToBase64String("client+one:client+secret%3A+100%25+%C3%A4"u8)}", request.Header("Authorization"));
        var form = QueryHelpers.ParseQuery(request.BodyText);
        Assert.Equal(["code", "code_verifier", "grant_type", "redirect_uri"], form.Keys.Order());
        Assert.Equal(BentProvider.Code, form["code"]);
        Assert.Equal(OidcTest.Addresses.Callback, form["redirect_uri"]);
        Assert.Equal($"Bearer {BentProvider.AccessToken}", Assert.Single(test.Provider.At("/userinfo")).Header("Authorization"));
    }

    [Theory]
    [InlineData(ClientAuthentication.ClientSecretPost, "client_secret_basic")]
    [InlineData(ClientAuthentication.Auto, "client_secret_post")]
    public async Task CompleteLogin_Post_SendsTheSecretInTheBody(ClientAuthentication configured, string offered)
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { ClientAuthentication = configured };
        test.Provider.BendDiscovery = json => json["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt", offered);
        await test.LoginAsync();

        var request = Assert.Single(test.Provider.At("/token"));
        Assert.Null(request.Header("Authorization"));
        var form = QueryHelpers.ParseQuery(request.BodyText);
        Assert.Equal(BentProvider.Client, form["client_id"]);
        Assert.Equal(OidcTest.Secret, form["client_secret"]);
    }

    [Fact]
    public async Task CompleteLogin_PublicClient_SendsItsIdOnly()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { ClientSecret = null };
        await test.LoginAsync();

        var request = Assert.Single(test.Provider.At("/token"));
        Assert.Null(request.Header("Authorization"));
        var form = QueryHelpers.ParseQuery(request.BodyText);
        Assert.Equal(BentProvider.Client, form["client_id"]);
        Assert.False(form.ContainsKey("client_secret"));
    }

    [Fact]
    public async Task CompleteLogin_SeveralAudiencesWithAzp_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims =>
        {
            claims["aud"] = new JsonArray("another", BentProvider.Client);
            claims["azp"] = BentProvider.Client;
        };
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_NoKidAndOneKey_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header.Remove("kid");
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_SameKidOfTwoKinds_TakesTheOneThatFits()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Keys.Add(IssuerTestKey.Create("k1", "ES256"));
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
        test.Provider.SigningKey = test.Provider.Keys[1];
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_IssInAnswer_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json["authorization_response_iss_parameter_supported"] = true;
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync(bend: fields => fields["iss"] = test.Provider.Issuer)).Subject);
    }

    [Fact]
    public async Task CompleteLogin_CodeHash_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["c_hash"] = BentProvider.HalfHash(BentProvider.Code);
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_ClaimsOfEveryKind_BecomeTexts()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims =>
        {
            claims["address"] = new JsonObject { ["locality"] = "Reykjavík" };
            claims["age"] = 42;
            claims["email_verified"] = true;
            claims["nothing"] = null;
            claims["none"] = new JsonArray();
            claims["mixed"] = new JsonArray("a", 1, null, new JsonObject { ["b"] = false });
        };
        test.Provider.BendUserinfo = json =>
        {
            json["acr"] = "forged";
            json["amr"] = "forged";
        };

        var claims = (await test.LoginAsync()).Claims;

        Assert.Equal(["""{"locality":"Reykjavík"}"""], claims["address"]);
        Assert.Equal(["42"], claims["age"]);
        Assert.Equal(["true"], claims["email_verified"]);
        Assert.Equal(["a", "1", """{"b":false}"""], claims["mixed"]);
        Assert.Equal(["pwd"], claims["acr"]);
        Assert.DoesNotContain("nothing", claims);
        Assert.DoesNotContain("none", claims);
        Assert.DoesNotContain("amr", claims);
    }

    [Fact]
    public async Task CompleteLogin_UserinfoNotWanted_IsNotRead()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { ReadUserinfo = false };
        Assert.DoesNotContain("groups", (await test.LoginAsync()).Claims);
        Assert.Empty(test.Provider.At("/userinfo"));
    }

    [Fact]
    public async Task CompleteLogin_WithinTheSkew_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        var now = test.Host.Clock.GetUtcNow().ToUnixTimeSeconds();
        test.Provider.BendClaims = claims =>
        {
            claims["iat"] = now + 60;
            claims["nbf"] = now + 60.0;
            claims["exp"] = now - 59;
        };
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task CompleteLogin_EntraDatesItBack_IsTaken()
    {
        await using var test = await OidcTest.StartAsync();
        var back = test.Host.Clock.GetUtcNow().ToUnixTimeSeconds() - 300;
        test.Provider.BendClaims = claims => (claims["iat"], claims["nbf"]) = (back, back);
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }
}
