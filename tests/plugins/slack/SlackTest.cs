using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

/// <summary>One Slack integration under test: config and inputs as the JSON that admins and callers write, bound as the host binds it.</summary>
internal sealed class SlackTest : IAsyncDisposable
{
    public const string Token = "xoxb-test-token-0123456789";
    public const string WebhookUrl = "https://hooks.slack.com/services/T00000001/B00000001/s3cretpart";
    public const string Ts = "1503435956.000247";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly IIntegrationProvider provider = new SlackProvider();

    public SlackTest(IOutboundNetwork? network = null, TimeProvider? clock = null) =>
        Host = new ProviderTestContext(provider, clock) { Network = network ?? Wire.AsNetwork() };

    public StubHttp Wire { get; } = new();

    public ProviderTestContext Host { get; }

    public RecordedRequest Sent => Wire.Requests[^1];

    /// <summary>An input of every action that asks for nothing to be looked up.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Inputs => new Dictionary<string, string>
    {
        ["post_message"] = """{"channel": "C0GENERAL", "text": "Hello"}""",
        ["update_message"] = $$"""{"channel": "C0GENERAL", "ts": "{{Ts}}", "text": "Hello again"}""",
        ["delete_message"] = $$"""{"channel": "C0GENERAL", "ts": "{{Ts}}"}""",
        ["schedule_message"] = """{"channel": "C0GENERAL", "text": "Later", "post_at": "2026-01-02T09:00:00+01:00"}""",
        ["add_reaction"] = $$"""{"channel": "C0GENERAL", "timestamp": "{{Ts}}", "name": "thumbsup"}""",
        ["upload_file"] = """{"channel": "C0GENERAL", "file": {"filename": "a.txt", "content_type": "text/plain", "content_base64": "aGVsbG8="}}""",
        ["list_channels"] = "{}",
        ["list_users"] = "{}",
        ["lookup_user_by_email"] = """{"email": "alice@example.com"}""",
        ["open_conversation"] = """{"users": ["U0ALICE01"]}""",
    }.ToDictionary(input => input.Key, input => JsonNode.Parse(input.Value)!.AsObject());

    public static JsonObject BotConfig(string more = "") =>
        JsonNode.Parse($$"""{"auth": {"type": "bot_token", "bot_token": "{{Token}}"}{{(more.Length > 0 ? ", " : "")}}{{more}}}""")!.AsObject();

    public static JsonObject WebhookConfig(string more = "", string url = WebhookUrl) =>
        JsonNode.Parse($$"""{"auth": {"type": "incoming_webhook", "webhook_url": "{{url}}"}{{(more.Length > 0 ? ", " : "")}}{{more}}}""")!.AsObject();

    public static SlackConfig Bind(JsonObject config) => (SlackConfig)Bind(typeof(SlackConfig), config);

    public IntegrationAction ActionOf(string name) => provider.Actions.Single(action => action.Name == name);

    public object InputOf(string action, JsonObject input) => Bind(ActionOf(action).InputType, input);

    public static IReadOnlyList<ConfigError> Validate(JsonObject config) => [.. ((IIntegrationProvider)new SlackProvider()).Validate(Bind(config))];

    /// <summary>Runs an action and answers what a caller would see.</summary>
    public async Task<JsonObject> RunAsync(
        string action, JsonObject input, JsonObject? config = null, CancellationToken cancellationToken = default)
    {
        var output = await ActionOf(action).InvokeAsync(InputOf(action, input), Bind(config ?? BotConfig()), Host.Create(), cancellationToken);
        return JsonSerializer.SerializeToNode(output, output.GetType(), Json)!.AsObject();
    }

    public Task<JsonObject> RunAsync(string action, string input, JsonObject? config = null) =>
        RunAsync(action, JsonNode.Parse(input)!.AsObject(), config);

    public Task<IntegrationException> FailAsync(string action, JsonObject input, JsonObject? config = null) =>
        Assert.ThrowsAsync<IntegrationException>(() => RunAsync(action, input, config));

    public Task<IntegrationException> FailAsync(string action, string input, JsonObject? config = null) =>
        FailAsync(action, JsonNode.Parse(input)!.AsObject(), config);

    public Task<ProbeResult> ProbeAsync(JsonObject? config = null) =>
        provider.ProbeAsync(Bind(config ?? BotConfig()), Host.Create(), CancellationToken.None);

    public Task<OptionList> OptionsAsync(string field, string? query = null, JsonObject? config = null) =>
        provider.GetOptionsAsync(new OptionsRequest(field, query), Bind(config ?? BotConfig()), Host.Create(), CancellationToken.None);

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, got {actual?.ToJsonString()}");

    /// <summary>What Slack answers to everything when all goes well.</summary>
    public static HttpAnswer Ok(string members = "") => HttpAnswers.Json($$"""{"ok": true{{(members.Length > 0 ? ", " : "")}}{{members}}}""");

    public static HttpAnswer Error(string code, string more = "") =>
        HttpAnswers.Json($$"""{"ok": false, "error": "{{code}}"{{(more.Length > 0 ? ", " : "")}}{{more}}}""");

    /// <summary>The answers that an action needs to succeed.</summary>
    public static HttpAnswer[] Success(string action) => action switch
    {
        "post_message" or "update_message" => [Ok($"\"channel\": \"C0GENERAL\", \"ts\": \"{Ts}\"")],
        "schedule_message" => [Ok("\"channel\": \"C0GENERAL\", \"scheduled_message_id\": \"Q1298393284\", \"post_at\": 1767340800")],
        "upload_file" =>
        [
            Ok("\"upload_url\": \"https://files.slack.com/upload/v1/ABC123\", \"file_id\": \"F0FILE001\""),
            HttpAnswers.Content(System.Net.HttpStatusCode.OK, () => new StringContent("OK - 5")),
            Ok("\"files\": [{\"id\": \"F0FILE001\", \"title\": \"a.txt\", \"permalink\": \"https://acme.slack.com/files/F0FILE001\"}]"),
        ],
        "list_channels" => [Ok("\"channels\": [], \"response_metadata\": {\"next_cursor\": \"\"}")],
        "list_users" => [Ok("\"members\": [], \"response_metadata\": {\"next_cursor\": \"\"}")],
        "lookup_user_by_email" => [Ok("\"user\": {\"id\": \"U0ALICE01\", \"name\": \"alice\"}")],
        "open_conversation" => [Ok("\"already_open\": true, \"channel\": {\"id\": \"D0ALICE01\"}")],
        _ => [Ok()],
    };

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wire.Dispose();
    }

    private static object Bind(Type type, JsonObject document) => document.Deserialize(type, Json)!;
}
