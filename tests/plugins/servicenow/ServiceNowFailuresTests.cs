using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowFailuresTests : IAsyncDisposable
{
    private readonly ServiceNowTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Theory]
    [InlineData(401, "User Not Authenticated", "Required to provide Auth information", FailureKind.Unauthorized, "refused the credentials. Check auth")]
    [InlineData(403, "Operation Failed", "ACL Exception Update Failed due to security constraints", FailureKind.Forbidden, "an access control rule refused it")]
    [InlineData(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval", FailureKind.NotFound, "no such record, or an access control rule hides it")]
    [InlineData(404, "Not found", null, FailureKind.NotFound, "nothing at this address")]
    [InlineData(400, "Invalid table u_nothing", null, FailureKind.InvalidInput, "no such table")]
    [InlineData(400, "Exception while reading request", "x", FailureKind.InvalidInput, "did not understand the request: Exception while reading request.")]
    [InlineData(400, "a\r\nb\u0007  c", null, FailureKind.InvalidInput, "request: a b c.")]
    [InlineData(403, "Operation Failed", "Operation against file 'incident' was aborted by Business Rule 'Check state^0a1b2c'. Business Rule Stack: Check state", FailureKind.Rejected, "refused this by the business rule 'Check state'.")]
    [InlineData(403, "Operation Failed", "Data Policy Exception: something else", FailureKind.InvalidInput, "A data policy of acme.service-now.com refused the values")]
    [InlineData(415, "Unsupported media type", null, FailureKind.Rejected, "this kind of content")]
    public async Task ExecuteAsync_Refused_SaysWhy(int status, string message, string? detail, FailureKind kind, string words)
    {
        test.Wire.Next(HttpAnswers.Json((HttpStatusCode)status, Error(message, detail)));

        var failure = await test.FailAsync("update_record", ServiceNowTest.Inputs["update_record"]);

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain("0a1b2c", failure.Message);
        Assert.DoesNotContain("Stack", failure.Message);
    }

    [Theory]
    [InlineData("Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes", "Resolution code is mandatory.|Resolution notes is mandatory.")]
    [InlineData("Data Policy Exception: Short description is mandatory", "Short description is mandatory.")]
    public async Task ExecuteAsync_DataPolicy_NamesTheFields(string detail, string expected)
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.Forbidden, Error("Operation Failed", detail)));

        var failure = await test.FailAsync("create_record", ServiceNowTest.Inputs["create_record"]);

        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        Assert.Equal(expected.Split('|'), failure.Errors.Select(error => error.Message));
    }

    [Fact]
    public async Task ExecuteAsync_InvalidTable_NamesTheField()
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, Error("Invalid table problem", null)));

        Assert.Equal("table", Assert.Single((await test.FailAsync("get_record", ServiceNowTest.Inputs["get_record"])).Errors).Path);
    }

    [Fact]
    public async Task ExecuteAsync_LongMessage_IsCut()
    {
        test.Wire.Next(HttpAnswers.Json(HttpStatusCode.BadRequest, Error(new string('x', 100_000), null)));

        Assert.InRange((await test.FailAsync("get_record", ServiceNowTest.Inputs["get_record"])).Message.Length, 200, 400);
    }

    [Fact]
    public async Task ExecuteAsync_LimitWithoutRetryAfter_WaitsForTheReset()
    {
        var reset = test.Host.Clock.GetUtcNow().AddMinutes(9).ToUnixTimeSeconds();
        test.Wire.Next(
            HttpAnswers.Status(HttpStatusCode.TooManyRequests).WithHeader("X-RateLimit-Reset", $"{reset}"),
            HttpAnswers.Status(HttpStatusCode.TooManyRequests).WithHeader("X-RateLimit-Reset", "soon"),
            HttpAnswers.Status(HttpStatusCode.TooManyRequests).WithHeader("X-RateLimit-Reset", "1"));

        TimeSpan?[] expected = [TimeSpan.FromMinutes(9), null, null];
        foreach (var wait in expected)
        {
            Assert.Equal(wait, (await test.FailAsync("get_record", ServiceNowTest.Inputs["get_record"])).RetryAfter);
        }
    }

    [Fact]
    public async Task ExecuteAsync_Hibernating_SaysHowToWakeItUp()
    {
        test.Wire.Next(HttpAnswers.Html(HttpStatusCode.OK, "<title>Instance Hibernating page</title>"));

        Assert.Contains("developer.servicenow.com", (await test.FailAsync("create_incident", ServiceNowTest.Inputs["create_incident"])).Message);
    }

    private static string Error(string message, string? detail) => new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["detail"] = detail }, ["status"] = "failure",
    }.ToJsonString();
}
