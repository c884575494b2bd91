using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>Everything around the ID token: what the browser brings, the token endpoint, userinfo.</summary>
public sealed class OidcAnswerRefusalTests
{
    [Fact]
    public async Task State_NotBegunHere_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        var begun = await test.BeginAsync();
        var fields = test.Provider.Authorize(begun.Request.Url);
        await test.RefusedAsync("state", () => test.CompleteAsync(fields, pending: null));
        await test.RefusedAsync("state", () => test.CompleteAsync(fields, pending: "{}"));
        await test.RefusedAsync("state", () => test.CompleteAsync(fields, pending: "no JSON"));
        Assert.Empty(test.Provider.At("/token"));
    }

    [Theory]
    [InlineData("another-handle-0123456789")]
    [InlineData(null)]
    public async Task State_Another_IsRefused(string? state)
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("state", bend: fields =>
        {
            if (state is null) fields.Remove("state");
            else fields["state"] = state;
        });
    }

    [Fact]
    public async Task State_OfAnotherIntegration_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        var begun = await test.BeginAsync();
        var elsewhere = OidcTest.Addresses with { Callback = "https://vaka.test/sso/t2/i2/callback" };
        await test.RefusedAsync("state", () => test.CompleteAsync(test.Provider.Authorize(begun.Request.Url), begun.Pending, elsewhere));
    }

    [Fact]
    public async Task State_TooOld_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("state", bend: _ => test.Host.FakeClock.Advance(TimeSpan.FromMinutes(61)));
    }

    [Fact]
    public async Task Answer_UsedTwice_CountsOnce()
    {
        await using var test = await OidcTest.StartAsync();
        var begun = await test.BeginAsync();
        var fields = test.Provider.Authorize(begun.Request.Url);
        await test.CompleteAsync(fields, begun.Pending);
        await test.RefusedAsync("replay", () => test.CompleteAsync(fields, begun.Pending));
    }

    [Fact]
    public async Task AnswerIssuer_Another_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("answer_issuer", bend: fields => fields["iss"] = $"{test.Provider.Issuer}/");
        Assert.Empty(test.Provider.At("/token"));
    }

    [Fact]
    public async Task AnswerIssuer_AnnouncedAndAbsent_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendDiscovery = json => json["authorization_response_iss_parameter_supported"] = true;
        await test.RefusedAsync("answer_issuer");
    }

    [Theory]
    [InlineData("access_denied", null, "'access_denied'")]
    [InlineData("access_denied", "AADSTS50105: 'alice@acme.test' is not assigned to a role.", "'access_denied' (AADSTS50105)")]
    [InlineData("x\r\ny", "alice@acme.test", "'x\uFFFD\uFFFDy'")]
    public async Task Answer_Error_IsRefusedWithItsWord(string error, string? description, string shown)
    {
        await using var test = await OidcTest.StartAsync();
        var refusal = await test.RefusedAsync("provider_error", bend: fields =>
        {
            fields["error"] = error;
            if (description is not null) fields["error_description"] = description;
        });
        Assert.EndsWith($"refused: {shown}.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_LongError_IsCut()
    {
        await using var test = await OidcTest.StartAsync();
        Assert.True((await test.RefusedAsync("provider_error", bend: fields => fields["error"] = new string('x', 9999))).Message.Length < 200);
    }

    [Fact]
    public async Task Answer_NoCode_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        await test.RefusedAsync("code", bend: fields => fields.Remove("code"));
    }

    [Fact]
    public async Task TokenEndpoint_RefusesTheCode_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/token"] = HttpAnswers.Json(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"alice@acme.test"}""");
        Assert.Contains("'invalid_grant'", (await test.RefusedAsync("code")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, """{"error":"invalid_client"}""", FailureKind.Unauthorized)]
    [InlineData(HttpStatusCode.BadRequest, """{"error":"unauthorized_client"}""", FailureKind.Unauthorized)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", FailureKind.Unavailable)]
    [InlineData(HttpStatusCode.TooManyRequests, "", FailureKind.RateLimited)]
    public async Task TokenEndpoint_Fails_IsNoRefusalOfTheLogin(HttpStatusCode status, string body, FailureKind kind)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/token"] = HttpAnswers.Json(status, body);
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.LoginAsync());
        Assert.Equal(kind, failure.Kind);
        Assert.Equal(("code", false, failure.Message), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok, test.Host.Steps[^1].Message));
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    [InlineData("/keys")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Endpoint_Redirects_IsNotFollowed(string path)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers[path] = HttpAnswers.Redirect($"{test.Provider.Issuer}/elsewhere", HttpStatusCode.TemporaryRedirect);
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.LoginAsync());
        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Contains("not followed", failure.Message, StringComparison.Ordinal);
        Assert.Empty(test.Provider.At("/elsewhere"));
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    [InlineData("/keys")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Endpoint_EndlessAnswer_IsCutOff(string path)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers[path] = HttpAnswers.Endless();
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.LoginAsync());
        Assert.Equal(FailureKind.Rejected, failure.Kind);
        Assert.Contains("1024 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenEndpoint_Silent_TimesOut()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { TimeoutSeconds = 7 };
        var reached = new TaskCompletionSource();
        test.Provider.Answers["/token"] = (request, token) =>
        {
            reached.SetResult();
            return HttpAnswers.Timeout()(request, token);
        };
        var login = test.LoginAsync();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        test.Host.FakeClock.Advance(TimeSpan.FromSeconds(8));
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => login);
        Assert.Equal(FailureKind.Unavailable, failure.Kind);
        Assert.Contains("7 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DPoP")]
    [InlineData("mac")]
    [InlineData(null)]
    public async Task TokenType_NotBearer_IsRefused(string? type)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendTokenAnswer = json => json["token_type"] = type;
        await test.RefusedAsync("token_type");
    }

    [Theory]
    [InlineData("id_token", null)]
    [InlineData("access_token", null)]
    [InlineData("access_token", "")]
    [InlineData("access_token", "a\r\nX-Header: b")]
    public async Task TokenAnswer_LacksAToken_IsRefused(string member, string? value)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendTokenAnswer = json => json[member] = value;
        await test.RefusedAsync("token_response");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"token_type":"Bearer","token_type":"Bearer"}""")]
    public async Task TokenAnswer_NoStrictJson_IsRefused(string body)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/token"] = HttpAnswers.Json(body);
        await test.RefusedAsync("token_response");
    }

    [Theory]
    [InlineData("u-bob")]
    [InlineData("U-ALICE")]
    [InlineData(null)]
    public async Task Userinfo_OfSomebodyElse_IsRefused(string? subject)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendUserinfo = json => json["sub"] = subject;
        await test.RefusedAsync("userinfo");
    }

    [Fact]
    public async Task Userinfo_Signed_IsRefusedWithAdvice()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/userinfo"] = HttpAnswers.Content(
            HttpStatusCode.OK, () => new StringContent("e30.e30.e30", new System.Net.Http.Headers.MediaTypeHeaderValue("application/jwt")));
        Assert.Contains("read_userinfo", (await test.RefusedAsync("userinfo")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, """{"sub":"u-alice","sub":"u-alice"}""")]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.Unauthorized, "")]
    [InlineData(HttpStatusCode.Forbidden, "")]
    public async Task Userinfo_Unfit_IsRefused(HttpStatusCode status, string body)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Answers["/userinfo"] = HttpAnswers.Json(status, body);
        await test.RefusedAsync("userinfo");
    }

    [Fact]
    public async Task Attributes_RequiredOneMissing_NamesWhatArrivedAndUsesNothingUp()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { Attributes = [new() { Target = "phone", Sources = ["phone_number"], Required = true }] };
        var begun = await test.BeginAsync();
        var fields = test.Provider.Authorize(begun.Request.Url);
        var refusal = await test.RefusedAsync("attributes", () => test.CompleteAsync(fields, begun.Pending));
        Assert.Contains("'email', 'groups'", refusal.Message, StringComparison.Ordinal);
        test.Config = test.Config with { Attributes = [] };
        Assert.Equal(BentProvider.Subject, (await test.CompleteAsync(fields, begun.Pending)).Subject);
    }
}
