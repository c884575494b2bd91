using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

public sealed class SlackConformanceTests : ProviderConformanceTests<SlackProvider>
{
    protected override JsonObject ValidConfig => SlackTest.BotConfig("\"default_channel\": \"#general\"");

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => SlackTest.Inputs;

    [Fact]
    public void ValidInputs_AreThereForEveryAction() =>
        Assert.Equal(new SlackProvider().Actions.Select(action => action.Name).Order(), ValidInputs.Keys.Order());
}

public sealed class SlackWebhookConformanceTests : ProviderConformanceTests<SlackProvider>
{
    protected override JsonObject ValidConfig => SlackTest.WebhookConfig();

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["post_message"] = new() { ["text"] = "Hello" },
    };
}
