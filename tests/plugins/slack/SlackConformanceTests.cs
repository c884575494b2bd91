using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

public sealed class SlackConformanceTests : ProviderConformanceTests<SlackProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => SlackTest.BotConfig("\"default_channel\": \"#general\"");

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => SlackTest.Inputs;

    protected override IReadOnlyCollection<string> HarmlessRequests => ["POST https://slack.com/api/auth.test"];

    protected override IReadOnlyDictionary<string, string> RepeatableActions => new Dictionary<string, string>
    {
        ["update_message"] = "chat.update sets the text that it is given.",
        ["delete_message"] = "chat.delete of what an earlier attempt deleted answers message_not_found, which is taken for done.",
        ["add_reaction"] = "reactions.add answers already_reacted, which is taken for done.",
        ["open_conversation"] = "conversations.open answers the conversation that is there.",
    };

    protected override IEnumerable<HttpAnswer> VendorAnswers(string call) => SlackTest.Success(call);
}

public sealed class SlackWebhookConformanceTests : ProviderConformanceTests<SlackProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => SlackTest.WebhookConfig();

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["post_message"] = new() { ["text"] = "Hello" },
    };
}
