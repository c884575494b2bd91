using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Oidc;

public sealed class OidcIssuerTests
{
    private const string Discovery = "/.well-known/openid-configuration";

    [Theory]
    [InlineData("https://other.example", "belongs to 'https://other.example'")]
    [InlineData("{0}/", "with a slash")]
    [InlineData("https://login.microsoftonline.com/{tenantid}/v2.0", "Entra")]
    public async Task Discovery_OfAnotherIssuer_IsRefused(string named, string explained)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json["issuer"] = named.Replace("{0}", test.Provider.Issuer, StringComparison.Ordinal);
        Assert.Contains(explained, (await FailsAsync(test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_IssuerWithSlash_IsReadBelowIt()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { Issuer = $"{test.Provider.Issuer}/" };
        test.Provider.BendDiscovery = json => json["issuer"] = $"{test.Provider.Issuer}/";
        await test.BeginAsync();
        Assert.Single(test.Provider.At(Discovery));
    }

    [Theory]
    [InlineData("issuer", null)]
    [InlineData("authorization_endpoint", null)]
    [InlineData("token_endpoint", null)]
    [InlineData("jwks_uri", null)]
    [InlineData("authorization_endpoint", "http://login.example/authorize")]
    [InlineData("token_endpoint", "http://login.example/token")]
    [InlineData("jwks_uri", "http://login.example/keys")]
    [InlineData("userinfo_endpoint", "http://login.example/userinfo")]
    [InlineData("end_session_endpoint", "http://login.example/logout")]
    [InlineData("end_session_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", "https://user@login.example/authorize")]
    [InlineData("authorization_endpoint", "https://login.example/authorize#fragment")]
    [InlineData("token_endpoint", "/token")]
    public async Task Discovery_EndpointUnfit_IsRefused(string member, string? value)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json[member] = value;
        Assert.Contains(member, (await FailsAsync(test)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "<html>", FailureKind.InvalidConfiguration)]
    [InlineData(HttpStatusCode.OK, """{"issuer":"a","issuer":"b"}""", FailureKind.InvalidConfiguration)]
    [InlineData(HttpStatusCode.NotFound, "", FailureKind.NotFound)]
    [InlineData(HttpStatusCode.BadGateway, "", FailureKind.Unavailable)]
    public async Task Discovery_Unreadable_FailsAndIsNotKept(HttpStatusCode status, string body, FailureKind kind)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers[Discovery] = HttpAnswers.Json(status, body);
        Assert.Equal(kind, (await FailsAsync(test, kind)).Kind);
        test.Provider.Answers.Clear();
        await test.BeginAsync();
    }

    [Theory]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public async Task Keys_NoList_AreRefused(string body)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/keys"] = HttpAnswers.Json(body);
        await FailsAsync(test);
    }

    [Fact]
    public async Task Keys_MalformedOnes_DoNotSpoilTheOthers()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendKeys = keys =>
        {
            keys.Add(1);
            keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = "x", ["n"] = "!", ["e"] = "AQAB" });
            keys.Add(new JsonObject { ["kty"] = "EC", ["kid"] = "y", ["crv"] = "P-256", ["x"] = "AA", ["y"] = "AA" });
        };
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Fact]
    public async Task Keys_PointNotOnTheCurve_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Keys[0] = IssuerTestKey.Create("k1", "ES256");
        test.Provider.BendKeys = keys => keys[0]!["x"] = keys[0]!["y"]!.DeepClone();
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Facts_OfManyLogins_AreReadOnce()
    {
        await using var test = await OidcTest.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.BeginAsync()));
        await test.LoginAsync();
        Assert.Single(test.Provider.At(Discovery));
        Assert.Single(test.Provider.At("/keys"));
    }

    [Fact]
    public async Task Facts_AfterAnHour_AreReadAnew()
    {
        await using var test = await OidcTest.StartAsync();
        await test.BeginAsync();
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(61));
        await test.BeginAsync();
        Assert.Equal(2, test.Provider.At(Discovery).Count);
    }

    [Fact]
    public async Task Facts_IssuerDown_LastCopyServesForADay()
    {
        await using var test = await OidcTest.StartAsync();
        await test.BeginAsync();
        test.Provider.Answers[Discovery] = HttpAnswers.Status(HttpStatusCode.ServiceUnavailable);
        test.Host.FakeClock.Advance(TimeSpan.FromHours(2));
        await test.LoginAsync();
        await test.BeginAsync();
        Assert.Equal(2, test.Provider.At(Discovery).Count);
        Assert.Contains(test.Host.Steps, step => step.Name is "discovery" && step.Ok && step.Message.StartsWith("Warning: ", StringComparison.Ordinal));
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(5));
        await test.BeginAsync();
        Assert.Equal(3, test.Provider.At(Discovery).Count);
        test.Host.FakeClock.Advance(TimeSpan.FromHours(22));
        await FailsAsync(test, FailureKind.Unavailable);
    }

    [Fact]
    public async Task Keys_Rotated_AreFoundByOneSearch()
    {
        await using var test = await OidcTest.StartAsync();
        await test.LoginAsync();
        test.Provider.Keys[0] = IssuerTestKey.Create("k2", "ES256");

        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
        Assert.Equal(2, test.Provider.At("/keys").Count);
        Assert.Single(test.Provider.At(Discovery));
        await test.LoginAsync();
        Assert.Equal(2, test.Provider.At("/keys").Count);
    }

    [Fact]
    public async Task Keys_RotatedTwice_AreSearchedOnceAMinute()
    {
        await using var test = await OidcTest.StartAsync();
        await test.LoginAsync();
        test.Provider.Keys[0] = IssuerTestKey.Create("k2", "ES256");
        await test.LoginAsync();
        test.Provider.Keys[0] = IssuerTestKey.Create("k3", "ES256");
        await test.RefusedAsync("key");
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
        Assert.Equal(3, test.Provider.At("/keys").Count);
    }

    [Fact]
    public async Task Keys_Moved_AreFoundThroughTheDocument()
    {
        await using var test = await OidcTest.StartAsync();
        await test.LoginAsync();
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(6));
        test.Provider.Answers["/keys"] = HttpAnswers.Json(new JsonObject { ["keys"] = new JsonArray(test.Provider.Keys[0].ToJwk()) }.ToJsonString());
        var moved = test.Provider.Keys[0] = IssuerTestKey.Create("k2", "ES256");
        test.Provider.BendDiscovery = json => json["jwks_uri"] = $"{test.Provider.Issuer}/moved";
        test.Provider.Answers["/moved"] = HttpAnswers.Json(new JsonObject { ["keys"] = new JsonArray(moved.ToJwk()) }.ToJsonString());
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    private static async Task<IntegrationException> FailsAsync(OidcTest test, FailureKind kind = FailureKind.InvalidConfiguration)
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.BeginAsync());
        Assert.Equal(kind, failure.Kind);
        Assert.Equal(Effect.None, failure.Effect);
        Assert.Equal(("discovery", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
        return failure;
    }
}
