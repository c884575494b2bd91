using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsOAuthTests : IAsyncDisposable
{
    private readonly TeamsTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Token_ByRefreshToken_AsksTheDirectoryAndKeepsTheRotatedOne()
    {
        test.Answers(HttpAnswers.Json("""{"value":[]}"""));

        await test.RunAsync("list_teams", TeamsTest.Graph());
        await test.Host.DropResourcesAsync();
        test.Host.FakeClock.Advance(TimeSpan.FromHours(2));
        await test.RunAsync("list_teams", TeamsTest.Graph());

        var asked = test.Wire.Requests.Where(request => request.Uri.Host == "login.microsoftonline.com").ToList();
        Assert.All(asked, request => Assert.Equal(
            ("POST", $"https://login.microsoftonline.com/{TeamsTest.Tenant}/oauth2/v2.0/token"), (request.Method, request.Uri.AbsoluteUri)));
        Assert.Equal(
            [
                $"grant_type=refresh_token&refresh_token=refresh-token&client_id={TeamsTest.Client}&client_secret=client-secret",
                $"grant_type=refresh_token&refresh_token=rotated-token&client_id={TeamsTest.Client}&client_secret=client-secret",
            ],
            asked.Select(request => request.BodyText));
    }

    [Fact]
    public async Task Token_OfManyCalls_IsFetchedOnce()
    {
        test.Answers(HttpAnswers.Json("""{"value":[]}"""));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.RunAsync("list_teams", TeamsTest.Graph())));

        Assert.Equal(11, test.Wire.Requests.Count);
    }

    [Fact]
    public async Task Token_RefusedByGraphOnce_IsRenewed()
    {
        test.Answers(HttpAnswers.Status(HttpStatusCode.Unauthorized), HttpAnswers.Json(HttpStatusCode.Created, TeamsTest.Posted));

        await test.RunAsync("post_message", TeamsTest.Graph());

        Assert.Equal(2, test.Calls.Count);
        Assert.Equal(test.Calls[0].BodyText, test.Calls[1].BodyText);
    }

    [Fact]
    public async Task Token_NobodyHasConnected_NeedsReauthorization()
    {
        var failure = await test.FailAsync("post_message", TeamsTest.Graph(("refresh_token", null)));

        Assert.Equal(
            (FailureKind.Unauthorized, Effect.None, UnusableReason.NeedsReauthorization), (failure.Kind, failure.Effect, failure.MakesUnusable));
        Assert.Contains("Connect", failure.Message, StringComparison.Ordinal);
        Assert.Empty(test.Wire.Requests);
    }

    [Theory]
    [InlineData("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.")]
    [InlineData("interaction_required", "AADSTS50076: Due to a configuration change you must use multi-factor authentication.")]
    [InlineData("consent_required", "AADSTS65001: The user or administrator has not consented.")]
    public async Task Token_ConsentLapsed_NeedsReauthorization(string error, string description)
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, $$"""{"error":"{{error}}","error_description":"{{description}}"}"""));

        var failure = await test.FailAsync("list_teams", TeamsTest.Graph());

        Assert.Equal((FailureKind.Unauthorized, UnusableReason.NeedsReauthorization), (failure.Kind, failure.MakesUnusable));
        Assert.DoesNotContain("AADSTS", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}""", FailureKind.Unauthorized)]
    [InlineData(429, "{}", FailureKind.RateLimited)]
    [InlineData(503, """{"error":"temporarily_unavailable"}""", FailureKind.Unavailable)]
    public async Task Token_NotGiven_HasNoEffect(int status, string body, FailureKind kind)
    {
        test.Wire.Next(HttpAnswers.Json((HttpStatusCode)status, body));

        var failure = await test.FailAsync("post_message", TeamsTest.Graph());

        Assert.Equal((kind, Effect.None, null), (failure.Kind, failure.Effect, failure.MakesUnusable));
        Assert.Empty(test.Calls);
    }

    [Theory]
    [InlineData("global", "login.microsoftonline.com", "graph.microsoft.com")]
    [InlineData("gcc_high", "login.microsoftonline.us", "graph.microsoft.us")]
    [InlineData("dod", "login.microsoftonline.us", "dod-graph.microsoft.us")]
    public void Consent_AsksForTheseScopes(string cloud, string login, string graph)
    {
        var consent = TeamsTest.Provider.GetConsent(TeamsTest.Graph(("refresh_token", null), ("cloud", cloud)));

        Assert.NotNull(consent);
        Assert.Equal(OAuth2Grant.AuthorizationCode, consent.Grant);
        Assert.Equal($"https://{login}/{TeamsTest.Tenant}/oauth2/v2.0/authorize", consent.AuthorizationUrl?.AbsoluteUri);
        Assert.Equal($"https://{login}/{TeamsTest.Tenant}/oauth2/v2.0/token", consent.TokenUrl.AbsoluteUri);
        Assert.Equal(
            $"https://{graph}/ChannelMessage.Send https://{graph}/Team.ReadBasic.All https://{graph}/Channel.ReadBasic.All offline_access", consent.Scope);
    }

    [Fact]
    public void Consent_WhereNobodyHasToGiveIt_IsNone()
    {
        Assert.Null(TeamsTest.Provider.GetConsent(TeamsTest.Graph()));
        Assert.Null(TeamsTest.Provider.GetConsent(TeamsTest.Workflow()));
    }
}
