using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

public sealed class JiraCloudConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "cloud",
        ["site_url"] = "https://example.atlassian.net",
        ["auth"] = new JsonObject { ["type"] = "api_token", ["email"] = "ada@example.com", ["token"] = "api-token-of-ada" },
        ["default_project"] = "OPS",
        ["default_issue_type"] = "Task",
    };

    protected override IReadOnlyCollection<string> HarmlessRequests => ["POST https://example.atlassian.net/rest/api/3/search/jql"];

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;

    protected override IEnumerable<HttpAnswer> VendorAnswers(string call) => Inputs.AnswersOf(call);
}

public sealed class JiraDataCenterConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "data_center",
        ["site_url"] = "https://jira.example.com/jira",
        ["auth"] = new JsonObject { ["type"] = "basic", ["username"] = "ada", ["password"] = "password-of-ada" },
    };

    protected override IReadOnlyCollection<string> HarmlessRequests => ["POST https://jira.example.com/jira/rest/api/2/search"];

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;

    protected override IEnumerable<HttpAnswer> VendorAnswers(string call) => Inputs.AnswersOf(call);
}

public sealed class JiraOAuthConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "cloud",
        ["site_url"] = "https://example.atlassian.net",
        ["auth"] = new JsonObject { ["type"] = "oauth2", ["client_id"] = "app", ["client_secret"] = "client-secret-of-the-app" },
    };

    protected override IReadOnlyCollection<string> HarmlessRequests => ["POST https://api.atlassian.com/ex/jira/site-1/rest/api/3/search/jql"];

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;

    protected override IEnumerable<HttpAnswer> VendorAnswers(string call) =>
        [HttpAnswers.Json("""[{"id":"site-1","url":"https://example.atlassian.net"}]"""), .. Inputs.AnswersOf(call)];
}

internal static class Inputs
{
    public static IReadOnlyDictionary<string, JsonObject> All =>
        Sample.All.ToDictionary(sample => sample.Action, sample => JsonNode.Parse(sample.Input)!.AsObject());

    public static IEnumerable<HttpAnswer> AnswersOf(string call) => Sample.All.FirstOrDefault(sample => sample.Action == call)?.Answers ?? [];
}
