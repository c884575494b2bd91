using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsConformanceTests : ProviderConformanceTests<TeamsProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new() { ["connection"] = TeamsTest.GraphJson };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Samples.Inputs;

    protected override IEnumerable<HttpAnswer> VendorAnswers(string call) =>
        [HttpAnswers.Json(call.StartsWith("list_", StringComparison.Ordinal) ? """{"value":[]}""" : TeamsTest.Posted)];
}

public sealed class TeamsWorkflowConformanceTests : ProviderConformanceTests<TeamsProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["connection"] = new JsonObject { ["type"] = "workflow", ["workflow_url"] = TeamsTest.WorkflowUrl },
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Samples.Inputs;
}
