using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Teams.Tests;

/// <summary>One Teams integration under test: config and inputs as the JSON that admins and callers write.</summary>
internal sealed class TeamsTest : IAsyncDisposable
{
    public const string WorkflowUrl =
        "https://prod-12.westeurope.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=k%2DA_b%7eC";

    public const string Tenant = "2432b57b-0abd-43db-aa7b-16eadd115d34";
    public const string Client = "8ea0e38b-efb3-4757-924a-5f94061cf8c2";
    public const string Team = "fbe2bf47-16c8-47cf-b4a5-4b9b187c508b";
    public const string Channel = "19:4a95f7d8db4c4e7fae857bcebe0623e6@thread.tacv2";
    public const string ChannelPath = $"/v1.0/teams/{Team}/channels/19%3A4a95f7d8db4c4e7fae857bcebe0623e6%40thread.tacv2";
    public const string Posted =
        """{"id":"1616990032035","webUrl":"https://teams.microsoft.com/l/message/1","createdDateTime":"2026-01-01T12:00:00.035Z","body":{"content":"x"}}""";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
    };

    public TeamsTest(IOutboundNetwork? network = null, TimeProvider? clock = null) =>
        Host = new ProviderTestContext(Provider, clock) { Network = network ?? Wire.AsNetwork() };

    public static IIntegrationProvider Provider { get; } = new TeamsProvider();

    public StubHttp Wire { get; } = new();

    public ProviderTestContext Host { get; }

    /// <summary>The requests that are not for tokens.</summary>
    public IReadOnlyList<RecordedRequest> Calls => [.. Wire.Requests.Where(request => !request.Uri.AbsolutePath.EndsWith("/token", StringComparison.Ordinal))];

    public static TeamsConfig Workflow(string url = WorkflowUrl) => Config(new JsonObject
    {
        ["connection"] = new JsonObject { ["type"] = "workflow", ["workflow_url"] = url },
    });

    public static JsonObject GraphJson => new()
    {
        ["type"] = "graph",
        ["tenant_id"] = Tenant,
        ["client_id"] = Client,
        ["client_secret"] = "client-secret",
        ["refresh_token"] = "refresh-token",
        ["default_team_id"] = Team,
        ["default_channel_id"] = Channel,
    };

    /// <summary>A connection to Graph with these members changed; null removes one.</summary>
    public static TeamsConfig Graph(params (string Name, string? Value)[] changes)
    {
        var connection = GraphJson;
        foreach (var (name, value) in changes)
        {
            if (value is null) connection.Remove(name);
            else connection[name] = value;
        }

        return Config(new JsonObject { ["connection"] = connection });
    }

    public static TeamsConfig Config(JsonObject json) => json.Deserialize<TeamsConfig>(Json)!;

    public static JsonObject ToJson(object output) => JsonSerializer.SerializeToNode(output, output.GetType(), Json)!.AsObject();

    public static IReadOnlyList<ConfigError> Validate(TeamsConfig config) => [.. Provider.Validate(config)];

    /// <summary>Answers every request for a token, and the others so.</summary>
    public TeamsTest Answers(params HttpAnswer[] answers)
    {
        var left = new Queue<HttpAnswer>(answers);
        Wire.Otherwise((request, cancellationToken) =>
            (request.Uri.AbsolutePath.EndsWith("/token", StringComparison.Ordinal) ? Token
                : left.Count > 1 ? left.Dequeue() : left.Peek())(request, cancellationToken));
        return this;
    }

    public async Task<JsonObject> RunAsync(string action, TeamsConfig config, JsonObject? input = null, CancellationToken cancellationToken = default)
    {
        var found = Provider.Actions.Single(candidate => candidate.Name == action);
        var bound = (input ?? Samples.Inputs[action]).Deserialize(found.InputType, Json)!;
        return ToJson(await found.InvokeAsync(bound, config, Host.Create(), cancellationToken));
    }

    public Task<IntegrationException> FailAsync(string action, TeamsConfig config, JsonObject? input = null) =>
        Assert.ThrowsAsync<IntegrationException>(() => RunAsync(action, config, input));

    public Task<ProbeResult> ProbeAsync(TeamsConfig config) => Provider.ProbeAsync(config, Host.Create(), CancellationToken.None);

    public Task<OptionList> OptionsAsync(string field, TeamsConfig config, string? query = null) =>
        Provider.GetOptionsAsync(new OptionsRequest(field, query), config, Host.Create(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wire.Dispose();
    }

    private static Task<HttpResponseMessage> Token(RecordedRequest request, CancellationToken cancellationToken) => HttpAnswers.Json(
        """{"token_type":"Bearer","expires_in":3599,"access_token":"access-token","refresh_token":"rotated-token"}""")(request, cancellationToken);
}
