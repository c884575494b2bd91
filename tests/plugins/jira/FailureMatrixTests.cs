using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>Every action against everything that can go wrong with its own request. A new action is in it by itself.</summary>
public sealed class FailureMatrixTests
{
    private const string VendorWords = "vendor-words-that-stay-out";

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var action in JiraTest.Actions)
        {
            foreach (var failure in Failures.Keys) cases.Add(action.Name, failure);
        }

        return cases;
    }

    // What the answer is, what it becomes, and whether a write may have happened.
    private static readonly Dictionary<string, (HttpAnswer Answer, FailureKind Kind, bool MayHaveHappened)> Failures = new()
    {
        ["400 of jira"] = (HttpAnswers.Json(HttpStatusCode.BadRequest, """{"errorMessages":["That is wrong."],"errors":{"summary":"Too short."}}"""),
            FailureKind.InvalidInput, false),
        ["401"] = (HttpAnswers.Json(HttpStatusCode.Unauthorized, """{"errorMessages":["You are not authenticated."]}"""), FailureKind.Unauthorized, false),
        ["403"] = (HttpAnswers.Json(HttpStatusCode.Forbidden, """{"errorMessages":["No permission."],"errors":{}}"""), FailureKind.Forbidden, false),
        ["404"] = (HttpAnswers.Json(HttpStatusCode.NotFound, """{"errorMessages":["Issue does not exist."]}"""), FailureKind.NotFound, false),
        ["404 as nobody"] = (HttpAnswers.Json(HttpStatusCode.NotFound, """{"errorMessages":["Issue does not exist."]}""")
            .WithHeader("X-Seraph-LoginReason", "AUTHENTICATED_FAILED"), FailureKind.Unauthorized, false),
        ["403 captcha"] = (HttpAnswers.Html(HttpStatusCode.Forbidden).WithHeader("X-Seraph-LoginReason", "AUTHENTICATION_DENIED"),
            FailureKind.Unauthorized, false),
        ["409"] = (HttpAnswers.Json(HttpStatusCode.Conflict, "{}"), FailureKind.Rejected, false),
        ["410"] = (HttpAnswers.Json(HttpStatusCode.Gone, "{}"), FailureKind.NotFound, false),
        ["413"] = (HttpAnswers.Status(HttpStatusCode.RequestEntityTooLarge), FailureKind.Rejected, false),
        ["429"] = (HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7))
            .WithHeader("RateLimit-Reason", "jira-burst-based"), FailureKind.RateLimited, false),
        ["500"] = (HttpAnswers.Json(HttpStatusCode.InternalServerError, """{"errorMessages":["Internal."]}"""), FailureKind.Unavailable, true),
        ["503 with wait"] = (HttpAnswers.RetryAfter(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(9)), FailureKind.Unavailable, true),
        ["502 page"] = (HttpAnswers.Html(HttpStatusCode.BadGateway, $"<h1>{VendorWords}</h1>"), FailureKind.Unavailable, true),
        ["200 page"] = (HttpAnswers.Html(HttpStatusCode.OK, $"<h1>{VendorWords}</h1>"), FailureKind.InvalidConfiguration, true),
        ["302"] = (HttpAnswers.Redirect("https://login.example.com/"), FailureKind.InvalidConfiguration, true),
        ["cut"] = (HttpAnswers.Cut(), FailureKind.Unavailable, true),
        ["cut in body"] = (HttpAnswers.CutInBody(HttpStatusCode.OK), FailureKind.Unavailable, true),
        ["refused"] = (HttpAnswers.Refused(), FailureKind.Unavailable, false),
        ["endless"] = (HttpAnswers.Endless(), FailureKind.Rejected, true),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ExecuteAsync_Fails_AsItsKind(string action, string failure)
    {
        var sample = Sample.Of(action);
        var (answer, kind, mayHaveHappened) = Failures[failure];
        await using var test = new JiraTest();
        test.Wire.Next(sample.Answers.Take(sample.Leading)).Next(answer).Otherwise(HttpAnswers.Json(HttpStatusCode.NotFound, "{}"));

        var thrown = await test.FailAsync(action, sample.Input);

        Assert.Equal((kind, mayHaveHappened && sample.Writes ? Effect.Possible : Effect.None), (thrown.Kind, thrown.Effect));
        Assert.Equal(failure switch { "429" => TimeSpan.FromSeconds(7), "503 with wait" => TimeSpan.FromSeconds(9), _ => null }, thrown.RetryAfter);
        Assert.DoesNotContain(VendorWords, thrown.Message);
        Assert.DoesNotContain(JiraTest.Token, thrown.ToString());
        if (failure is "429") Assert.Contains("jira-burst-based", thrown.Message);
        if (failure is "400 of jira") Assert.Contains("Too short.", thrown.Message);
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task ExecuteAsync_NoAnswer_LeavesTheTimeoutToTheHost(string action)
    {
        var sample = Sample.Of(action);
        await using var test = new JiraTest();
        test.Wire.Next(sample.Answers.Take(sample.Leading)).Next(HttpAnswers.Timeout());
        using var deadline = new CancellationTokenSource();

        var running = test.RunAsync(action, sample.Input, deadline.Token);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task ExecuteAsync_LeadingRequestFails_HadNoEffect(string action)
    {
        var sample = Sample.Of(action);
        for (var before = 0; before < sample.Leading; before++)
        {
            await using var test = new JiraTest();
            test.Wire.Next(sample.Answers.Take(before)).Next(HttpAnswers.Status(HttpStatusCode.ServiceUnavailable));

            var thrown = await test.FailAsync(action, sample.Input);

            Assert.Equal((FailureKind.Unavailable, Effect.None), (thrown.Kind, thrown.Effect));
        }
    }

    [Fact]
    public void Samples_CoverEveryAction() =>
        Assert.Equal(JiraTest.Actions.Select(action => action.Name), Sample.All.Select(sample => sample.Action));
}
