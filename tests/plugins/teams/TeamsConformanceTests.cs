using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

public sealed class TeamsConformanceTests : ProviderConformanceTests<TeamsProvider>
{
    protected override JsonObject ValidConfig => new() { ["connection"] = TeamsTest.GraphJson };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Samples.Inputs;

    [Fact]
    public void ValidInputs_CoverEveryAction() =>
        Assert.Equal(TeamsTest.Provider.Actions.Select(action => action.Name).Order(), ValidInputs.Keys.Order());
}

public sealed class TeamsWorkflowConformanceTests : ProviderConformanceTests<TeamsProvider>
{
    protected override JsonObject ValidConfig => new()
    {
        ["connection"] = new JsonObject { ["type"] = "workflow", ["workflow_url"] = TeamsTest.WorkflowUrl },
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => Samples.Inputs;
}
