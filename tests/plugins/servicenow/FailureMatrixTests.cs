using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

/// <summary>What can go wrong between an action and its instance, for every action there is.</summary>
public sealed class FailureMatrixTests : IAsyncDisposable
{
    private const string Body = """{"error": {"message": "vendor words", "detail": "vendor detail"}, "status": "failure"}""";

    private static readonly Dictionary<string, (HttpAnswer Answer, FailureKind Kind, Effect? Effect)> Failures = new()
    {
        ["401"] = (HttpAnswers.Json(HttpStatusCode.Unauthorized, Body), FailureKind.Unauthorized, Effect.None),
        ["403"] = (HttpAnswers.Json(HttpStatusCode.Forbidden, Body), FailureKind.Forbidden, Effect.None),
        ["404"] = (HttpAnswers.Json(HttpStatusCode.NotFound, Body), FailureKind.NotFound, Effect.None),
        ["400"] = (HttpAnswers.Json(HttpStatusCode.BadRequest, Body), FailureKind.InvalidInput, Effect.None),
        ["409"] = (HttpAnswers.Json(HttpStatusCode.Conflict, Body), FailureKind.Rejected, Effect.None),
        ["413"] = (HttpAnswers.Html(HttpStatusCode.RequestEntityTooLarge), FailureKind.Rejected, Effect.None),
        ["429"] = (
            HttpAnswers.Json(HttpStatusCode.TooManyRequests, Body).WithHeader("Retry-After", "7"), FailureKind.RateLimited, Effect.None),
        ["500"] = (HttpAnswers.Json(HttpStatusCode.InternalServerError, Body), FailureKind.Unavailable, null),
        ["503"] = (HttpAnswers.Html(HttpStatusCode.ServiceUnavailable).WithHeader("Retry-After", "7"), FailureKind.Unavailable, null),
        ["302"] = (HttpAnswers.Redirect("https://login.example.com/"), FailureKind.InvalidConfiguration, null),
        ["refused"] = (HttpAnswers.Refused(), FailureKind.Unavailable, Effect.None),
        ["cut"] = (HttpAnswers.Cut(), FailureKind.Unavailable, null),
        ["cut in body"] = (HttpAnswers.CutInBody(HttpStatusCode.OK), FailureKind.Unavailable, null),
        ["html"] = (HttpAnswers.Html(HttpStatusCode.OK, "<title>Sign in</title>"), FailureKind.InvalidConfiguration, null),
        ["not json"] = (HttpAnswers.Json("""{"result": """), FailureKind.InvalidConfiguration, null),
        ["not the api"] = (HttpAnswers.Json("""{"result": 7}"""), FailureKind.InvalidConfiguration, null),
        ["empty"] = (HttpAnswers.Status(HttpStatusCode.OK), FailureKind.InvalidConfiguration, null),
        ["gave up"] = (
            HttpAnswers.Json("""{"result": [], "error": {"message": "Transaction cancelled"}, "status": "failure"}"""), FailureKind.Unavailable, null),
        ["hibernating"] = (
            HttpAnswers.Html(HttpStatusCode.OK, "<title>Instance Hibernating page</title>"), FailureKind.Unavailable, Effect.None),
        ["too large"] = (HttpAnswers.Endless(), FailureKind.Rejected, null),
        ["too large a failure"] = (HttpAnswers.Endless(HttpStatusCode.InternalServerError), FailureKind.Rejected, null),
    };

    private readonly ServiceNowTest test = new();

    public static TheoryData<string, string> All => new(
        from action in new ServiceNowProvider().Actions
        from failure in Failures.Keys
        where (action.Name, failure) is not ("delete_record", "not the api") // it answers nothing anyway
        select (action.Name, failure));

    public static TheoryData<string> Actions => new(new ServiceNowProvider().Actions.Select(action => action.Name));

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [MemberData(nameof(All))]
    public async Task ExecuteAsync_Failing_BecomesItsKindOfFailure(string name, string failing)
    {
        var (answer, kind, effect) = Failures[failing];
        var (action, _) = ServiceNowTest.Bind(name, ServiceNowTest.Inputs[name]);
        test.Wire.Next(answer);

        var failure = await test.FailAsync(name, ServiceNowTest.Inputs[name]);

        Assert.Equal((kind, effect ?? (action.IsReadOnly ? Effect.None : Effect.Possible)), (failure.Kind, failure.Effect));
        Assert.Equal(failing is "429" or "503" ? TimeSpan.FromSeconds(7) : null, failure.RetryAfter);
        Assert.Contains("acme.service-now.com", failure.Message);
        Assert.DoesNotContain("vendor detail", failure.ToString());
        Assert.DoesNotContain("basic-password", failure.ToString());
        Assert.DoesNotContain(Convert.ToBase64String("vaka:basic-password"u8), failure.ToString());
        Assert.Single(test.Wire.Requests);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task ExecuteAsync_NoAnswer_LeavesTheTimeoutToTheHost(string name)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Wire.Next(async (request, cancellationToken) =>
        {
            asked.SetResult();
            return await HttpAnswers.Timeout()(request, cancellationToken);
        });
        using var deadline = new CancellationTokenSource();

        var run = test.RunAsync(name, ServiceNowTest.Inputs[name], cancellationToken: deadline.Token);
        await asked.Task;
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData("create_incident", false, false, false)]
    [InlineData("update_incident", false, false, true)]
    [InlineData("resolve_incident", false, true, true)]
    [InlineData("get_record", true, true, false)]
    [InlineData("query_records", true, true, false)]
    [InlineData("create_record", false, false, false)]
    [InlineData("update_record", false, false, true)]
    [InlineData("delete_record", false, true, true)]
    [InlineData("add_attachment", false, false, false)]
    public void Actions_SayWhatTheyDo(string name, bool readOnly, bool idempotent, bool destructive)
    {
        var (action, input) = ServiceNowTest.Bind(name, ServiceNowTest.Inputs[name]);

        Assert.Equal((readOnly, idempotent, destructive), (action.IsReadOnly, action.IsIdempotent, action.IsDestructive));
        Assert.Equal(name is "create_incident", action.IsTenantSafeFor(input));
    }

    [Fact]
    public void Inputs_AreThereForEveryAction() =>
        Assert.Equal(
            new ServiceNowProvider().Actions.Select(action => action.Name).Order(),
            ServiceNowTest.Inputs.Keys.Order());
}
