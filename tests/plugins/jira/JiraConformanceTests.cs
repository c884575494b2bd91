using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Jira.Tests;

public sealed class JiraCloudConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "cloud",
        ["site_url"] = "https://example.atlassian.net",
        ["auth"] = new JsonObject { ["type"] = "api_token", ["email"] = "ada@example.com", ["token"] = "api-token-of-ada" },
        ["default_project"] = "OPS",
        ["default_issue_type"] = "Task",
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;
}

public sealed class JiraDataCenterConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "data_center",
        ["site_url"] = "https://jira.example.com/jira",
        ["auth"] = new JsonObject { ["type"] = "basic", ["username"] = "ada", ["password"] = "password-of-ada" },
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;
}

public sealed class JiraOAuthConformanceTests : ProviderConformanceTests<JiraProvider>
{
    protected override JsonObject ValidConfig => new()
    {
        ["deployment"] = "cloud",
        ["site_url"] = "https://example.atlassian.net",
        ["auth"] = new JsonObject { ["type"] = "oauth2", ["client_id"] = "app", ["client_secret"] = "client-secret-of-the-app" },
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Inputs.All;
}

internal static class Inputs
{
    public static IReadOnlyDictionary<string, JsonObject> All =>
        Sample.All.ToDictionary(sample => sample.Action, sample => JsonNode.Parse(sample.Input)!.AsObject());
}
