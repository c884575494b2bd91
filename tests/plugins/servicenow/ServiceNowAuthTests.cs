using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowAuthTests : IAsyncDisposable
{
    private const string TokenUrl = "https://acme.service-now.com/oauth_token.do";
    private const string Client = """{"type": "oauth2_client_credentials", "client_id": "c d", "client_secret": "s&é"}""";
    private const string Refresh = """{"type": "oauth2_refresh_token", "client_id": "c", "client_secret": "s", "refresh_token": "first"}""";

    private static readonly HttpAnswer Record = HttpAnswers.Json("""{"result": {"sys_id": "1"} }""");

    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task ApiKey_IsSentInItsHeader()
    {
        test.Wire.Next(Record);

        await GetAsync("""{"type": "api_key", "key": "now_key"}""");

        var request = Assert.Single(test.Wire.Requests);
        Assert.Equal(("now_key", null), (request.Header("x-sn-apikey"), request.Header("Authorization")));
    }

    [Fact]
    public async Task Basic_IsSentInUtf8()
    {
        test.Wire.Next(Record);

        await GetAsync("""{"type": "basic", "username": "jürgen", "password": "p:é"}""");

        Assert.Equal("Basic " + Convert.ToBase64String("jürgen:p:é"u8), test.Wire.Requests[0].Header("Authorization"));
    }

    [Theory]
    [InlineData(Client, "grant_type=client_credentials&client_id=c+d&client_secret=s%26%C3%A9")]
    [InlineData(
        """{"type": "oauth2_password", "client_id": "c", "client_secret": "s", "username": "u", "password": "p w"}""",
        "grant_type=password&username=u&password=p+w&client_id=c&client_secret=s")]
    [InlineData(Refresh, "grant_type=refresh_token&refresh_token=first&client_id=c&client_secret=s")]
    public async Task OAuth2_FetchesATokenOnceAndKeepsIt(string auth, string form)
    {
        test.Wire.Next(Token("t1"), Record, Record);

        await GetAsync(auth);
        await GetAsync(auth);

        Assert.Equal((TokenUrl, form), (test.Wire.Requests[0].Uri.AbsoluteUri, test.Wire.Requests[0].BodyText));
        Assert.Equal(["Bearer t1", "Bearer t1"], test.Wire.Requests.Skip(1).Select(request => request.Header("Authorization")));
    }

    [Fact]
    public async Task OAuth2_TokenWithdrawn_IsRenewedOnce()
    {
        test.Wire.Next(Token("t1"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("t2"), HttpAnswers.Json("""{"result": {"sys_id": "1"} }"""));

        await test.RunAsync("add_attachment", ServiceNowTest.Inputs["add_attachment"], ServiceNowTest.Config(Client));

        Assert.Equal(["Hello", "Hello"], test.Wire.Requests.Where(request => request.Uri.AbsoluteUri != TokenUrl).Select(request => request.BodyText));
        Assert.Equal("Bearer t2", test.Wire.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task OAuth2_NewTokenRefusedAsWell_IsUnauthorized()
    {
        test.Wire.Next(
            Token("t1"), HttpAnswers.Status(HttpStatusCode.Unauthorized), Token("t2"), HttpAnswers.Status(HttpStatusCode.Unauthorized));

        Assert.Equal(FailureKind.Unauthorized, (await FailAsync(Client)).Kind);
    }

    [Fact]
    public async Task Refresh_Rotated_UsesTheNewOneFromThenOn()
    {
        test.Wire.Next(Token("t1", "second"), Record, Token("t2", "third"), Record);

        await GetAsync(Refresh);
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(31));
        await test.Host.DropResourcesAsync();
        await GetAsync(Refresh);

        Assert.Contains("refresh_token=second", test.Wire.Requests[2].BodyText);
    }

    [Fact]
    public async Task Refresh_Lapsed_AsksForConsent()
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Unauthorized, """{"error": "invalid_grant"}"""));

        var failure = await FailAsync(Refresh);

        Assert.Equal((FailureKind.Unauthorized, UnusableReason.NeedsReauthorization), (failure.Kind, failure.MakesUnusable));
    }

    // ServiceNow says this whatever is wrong.
    [Theory]
    [InlineData(Client, "glide.oauth.inbound.client.credential.grant_type.enabled")]
    [InlineData("""{"type": "oauth2_password", "client_id": "c", "client_secret": "s", "username": "u", "password": "p"}""", "the user name and the password")]
    [InlineData(Refresh, "whether the refresh token has lapsed")]
    public async Task OAuth2_AccessDenied_NamesAllThatMayBeWrong(string auth, string words)
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Unauthorized, """{"error_description": "access_denied", "error": "server_error"}"""));

        var failure = await FailAsync(auth);

        Assert.Equal((FailureKind.Unauthorized, Effect.None, null), (failure.Kind, failure.Effect, failure.MakesUnusable));
        Assert.Contains(words, failure.Message);
    }

    [Theory]
    [InlineData(401, """{"error": "invalid_client"}""", FailureKind.Unauthorized, "refused to give an access token")]
    [InlineData(200, "<title>Hibernating</title>", FailureKind.InvalidConfiguration, "hibernate")]
    [InlineData(503, "", FailureKind.Unavailable, "cannot give an access token now")]
    public async Task OAuth2_NoToken_HadNoEffect(int status, string answer, FailureKind kind, string words)
    {
        test.Wire.Next(HttpAnswers.Json((HttpStatusCode)status, answer));

        var failure = await Assert.ThrowsAsync<IntegrationException>(
            () => test.RunAsync("create_incident", ServiceNowTest.Inputs["create_incident"], ServiceNowTest.Config(Client)));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain("s&é", failure.ToString());
        Assert.Single(test.Wire.Requests);
    }

    private static HttpAnswer Token(string value, string? refresh = null) => HttpAnswers.Json(
        $$"""{"access_token":"{{value}}","token_type":"Bearer","expires_in":1800{{(refresh is null ? "" : $",\"refresh_token\":\"{refresh}\"")}}}""");

    private Task GetAsync(string auth) => test.RunAsync("get_record", ServiceNowTest.Inputs["get_record"], ServiceNowTest.Config(auth));

    private Task<IntegrationException> FailAsync(string auth) =>
        test.FailAsync("get_record", ServiceNowTest.Inputs["get_record"], ServiceNowTest.Config(auth));
}
