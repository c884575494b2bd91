using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

/// <summary>Every action against everything that can come back.</summary>
public sealed class TeamsFailureMatrixTests
{
    private const string Body = "vendor <secret> body";

    private static readonly Dictionary<string, (HttpAnswer Answer, FailureKind Kind, Effect WhenWriting, int? RetryAfter)> Failures = new()
    {
        ["vendor's error shape"] = (Error(HttpStatusCode.Conflict, "Conflict"), FailureKind.Rejected, Effect.None, null),
        ["401"] = (Error(HttpStatusCode.Unauthorized, "InvalidAuthenticationToken"), FailureKind.Unauthorized, Effect.None, null),
        ["403"] = (Error(HttpStatusCode.Forbidden, "Forbidden"), FailureKind.Forbidden, Effect.None, null),
        ["404"] = (Error(HttpStatusCode.NotFound, "NotFound"), FailureKind.NotFound, Effect.None, null),
        ["413"] = (Error(HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLarge"), FailureKind.InvalidInput, Effect.None, null),
        ["429"] = (HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), FailureKind.RateLimited, Effect.None, 7),
        ["500"] = (Error(HttpStatusCode.InternalServerError, "InternalServerError"), FailureKind.Unavailable, Effect.Possible, null),
        ["503 with Retry-After"] = (HttpAnswers.RetryAfter(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(9)), FailureKind.Unavailable, Effect.Possible, 9),
        ["502 page"] = (HttpAnswers.Html(HttpStatusCode.BadGateway), FailureKind.Unavailable, Effect.Possible, null),
        ["redirect"] = (HttpAnswers.Redirect("https://evil.example/"), FailureKind.InvalidConfiguration, Effect.Possible, null),
        ["refused"] = (HttpAnswers.Refused(), FailureKind.Unavailable, Effect.None, null),
        ["cut"] = (HttpAnswers.Cut(), FailureKind.Unavailable, Effect.Possible, null),
        ["cut in body"] = (HttpAnswers.CutInBody(HttpStatusCode.OK), FailureKind.Unavailable, Effect.Possible, null),
        ["over the cap"] = (HttpAnswers.Endless(), FailureKind.Rejected, Effect.Possible, null),
    };

    public static TheoryData<string, string, string> Matrix()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var failure in Failures.Keys)
        {
            foreach (var action in TeamsTest.Provider.Actions) data.Add("graph", action.Name, failure);
            data.Add("workflow", "post_message", failure);
            data.Add("workflow", "post_card", failure);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Action_Failing_SaysWhatItMeans(string connection, string action, string name)
    {
        await using var test = new TeamsTest().Answers(Failures[name].Answer);
        var isRead = TeamsTest.Provider.Actions.Single(candidate => candidate.Name == action).IsReadOnly;

        var failure = await test.FailAsync(action, Config(connection));

        var kind = connection is "workflow" && name is "vendor's error shape" ? FailureKind.Rejected : Failures[name].Kind;
        Assert.Equal(kind, failure.Kind);
        Assert.Equal(isRead ? Effect.None : Failures[name].WhenWriting, failure.Effect);
        Assert.Equal(Failures[name].RetryAfter, failure.RetryAfter?.TotalSeconds);
        Assert.Null(failure.MakesUnusable);
        Assert.True(failure.Message.Length is > 20 and < 600, failure.Message);
        Assert.All(
            ["access-token", "refresh-token", "client-secret", "sig=", "<h1>", "evil.example"],
            secret => Assert.DoesNotContain(secret, failure.Message, StringComparison.Ordinal));
        Assert.Equal(name is "401" && connection is "graph" ? 2 : 1, test.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Action_NoAnswer_StopsWithItsCaller(string connection, string action)
    {
        await using var test = new TeamsTest().Answers(HttpAnswers.Timeout());
        using var cancel = new CancellationTokenSource();

        var running = test.RunAsync(action, Config(connection), cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Action_PageInsteadOfJson_IsNotTakenForSuccess(string connection, string action)
    {
        await using var test = new TeamsTest().Answers(HttpAnswers.Html(HttpStatusCode.OK, "<title>Sign in to the proxy</title>"));
        var isRead = TeamsTest.Provider.Actions.Single(candidate => candidate.Name == action).IsReadOnly;

        var failure = await test.FailAsync(action, Config(connection));

        Assert.Equal(
            isRead ? (FailureKind.Unavailable, Effect.None) : (FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("proxy</title>", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list_teams")]
    [InlineData("list_channels")]
    [InlineData("post_channel_message")]
    [InlineData("reply_to_message")]
    public async Task Action_OfGraphOnAWorkflow_SaysWhatToDo(string action)
    {
        await using var test = new TeamsTest();

        var failure = await test.FailAsync(action, TeamsTest.Workflow());

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("post_message", failure.Message, StringComparison.Ordinal);
        Assert.Empty(test.Wire.Requests);
    }

    public static TheoryData<string, string> Calls()
    {
        var data = new TheoryData<string, string> { { "workflow", "post_message" }, { "workflow", "post_card" } };
        foreach (var action in TeamsTest.Provider.Actions) data.Add("graph", action.Name);
        return data;
    }

    private static TeamsConfig Config(string connection) => connection is "graph" ? TeamsTest.Graph() : TeamsTest.Workflow();

    private static HttpAnswer Error(HttpStatusCode status, string code) => HttpAnswers.Json(
        status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = Body } }.ToJsonString());
}
