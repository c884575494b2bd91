using System.Text.Json.Nodes;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>An ID token's claims and form, one rule bent at a time.</summary>
public sealed class OidcTokenRefusalTests
{
    [Theory]
    [InlineData("https://other.example")]
    [InlineData("{0}/")]
    [InlineData(null)]
    public async Task Issuer_NotTheConfiguredOne_IsRefused(string? issuer)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["iss"] = issuer?.Replace("{0}", test.Provider.Issuer, StringComparison.Ordinal);
        await test.RefusedAsync("issuer");
    }

    [Theory]
    [InlineData("another")]
    [InlineData("client one/")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Audience_NotThisClient_IsRefused(string? audience)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["aud"] = audience;
        await test.RefusedAsync("audience");
    }

    [Fact]
    public async Task AuthorizedParty_AbsentWithTwoAudiences_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["aud"] = new JsonArray(BentProvider.Client, "another");
        await test.RefusedAsync("authorized_party");
    }

    [Fact]
    public async Task AuthorizedParty_Another_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["azp"] = "another";
        await test.RefusedAsync("authorized_party");
    }

    [Theory]
    [InlineData("iat", 61, "issued_at")]
    [InlineData("iat", -661, "issued_at")]
    [InlineData("exp", -60, "expiry")]
    [InlineData("nbf", 61, "not_before")]
    [InlineData("auth_time", 61, "auth_time")]
    public async Task Date_OutOfBounds_IsRefused(string claim, int seconds, string check)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims[claim] = test.Host.Clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        await test.RefusedAsync(check);
    }

    [Theory]
    [InlineData("iat", "issued_at")]
    [InlineData("exp", "expiry")]
    public async Task Date_Absent_IsRefused(string claim, string check)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims.Remove(claim);
        await test.RefusedAsync(check);
    }

    [Theory]
    [InlineData("iat", "\"1767268800\"")]
    [InlineData("iat", "-1")]
    [InlineData("auth_time", "[]")]
    public async Task Date_NoNumber_IsRefused(string claim, string json)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims[claim] = JsonNode.Parse(json);
        await test.RefusedAsync("dates");
    }

    [Theory]
    [InlineData("iat", "1e300")]
    [InlineData("iat", "true")]
    [InlineData("exp", "99999999999999999999")]
    [InlineData("nbf", "null")]
    public async Task Date_OfNoKnownForm_IsRefused(string claim, string json)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims[claim] = JsonNode.Parse(json);
        await test.RefusedAsync("token");
    }

    [Theory]
    [InlineData("another")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Nonce_NotOfThisLogin_IsRefused(string? nonce)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["nonce"] = nonce;
        await test.RefusedAsync("nonce");
    }

    [Theory]
    [InlineData("at_hash")]
    [InlineData("c_hash")]
    public async Task Hash_OfSomethingElse_IsRefused(string claim)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims[claim] = BentProvider.HalfHash("something else");
        await test.RefusedAsync(claim);
    }

    [Fact]
    public async Task Hash_NoText_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["at_hash"] = null;
        await test.RefusedAsync("at_hash");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    [InlineData("256")]
    public async Task Subject_AbsentOrUnfit_IsRefused(string? subject)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["sub"] = subject is "256" ? new string('s', 256) : subject;
        await test.RefusedAsync("subject");
    }

    [Fact]
    public async Task Subject_Number_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["sub"] = 7;
        await test.RefusedAsync("subject");
    }

    [Fact]
    public async Task AuthTime_AbsentWhenForced_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims.Remove("auth_time");
        await test.RefusedAsync("auth_time", force: true);
    }

    [Fact]
    public async Task AuthTime_BeforeTheLoginWhenForced_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["auth_time"] = test.Host.Clock.GetUtcNow().ToUnixTimeSeconds() - 61;
        await test.RefusedAsync("auth_time", force: true);
        Assert.Equal(BentProvider.Subject, (await test.LoginAsync()).Subject);
    }

    [Theory]
    [InlineData("\"sub\":\"u-alice\"", "\"sub\":\"u-alice\",\"sub\":\"u-admin\"")]
    [InlineData("\"sub\":\"u-alice\"", "\"sub\":\"u-alice\",\"s\\u0075b\":\"u-admin\"")]
    [InlineData("\"sub\":\"u-alice\"", "\"sub\":\"u-alice\",\"name\":\"\\ud800\"")]
    [InlineData("\"sub\":\"u-alice\"", "\"sub\":\"u-alice\\u0000\"")]
    [InlineData("\"sub\":\"u-alice\"", "\"sub\":\"u-alice\",")]
    [InlineData("\"sub\":\"u-alice\"", "\"a\":{\"b\":1,\"b\":2},\"sub\":\"u-alice\"")]
    public async Task Claims_AmbiguousJson_AreRefused(string from, string to)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaimsText = text => text.Replace(from, to, StringComparison.Ordinal);
        await test.RefusedAsync("token");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30.e30")]
    [InlineData("e30=.e30=.")]
    public async Task Token_Malformed_IsRefused(string token)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendToken = _ => token;
        await test.RefusedAsync("token");
    }

    [Fact]
    public async Task Token_Encrypted_IsRefusedWithAdvice()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendToken = token => $"{token}.e30.e30";
        Assert.Contains("encrypted", (await test.RefusedAsync("token")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_TooLong_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendClaims = claims => claims["padding"] = new string('x', 128 * 1024);
        await test.RefusedAsync("token");
    }
}
