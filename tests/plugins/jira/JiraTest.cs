using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Jira;

namespace Vaka.Plugins.Jira.Tests;

/// <summary>One Jira under test: config and inputs as the JSON that admins and callers write.</summary>
internal sealed class JiraTest : IAsyncDisposable
{
    public const string Token = "api-token-of-ada";
    public const string ClientSecret = "client-secret-of-the-app";

    // As the host binds and writes.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private readonly IIntegrationProvider provider = new JiraProvider();

    public JiraTest(IOutboundNetwork? network = null, TimeProvider? clock = null) =>
        Host = new ProviderTestContext(provider, clock) { Network = network ?? Wire.AsNetwork() };

    /// <summary>Starts a stand-in under Atlassian's own names.</summary>
    /// <returns>The network on which it is found.</returns>
    public static async Task<IOutboundNetwork> StartAtAtlassianAsync(JiraServer server)
    {
        string[] names = ["auth.atlassian.com", "api.atlassian.com"];
        var certificate = TestCertificates.SelfSigned(names);
        await server.StartAsync(certificate);
        return new LoopbackNetwork { Ports = names.ToDictionary(name => name, _ => server.Address.Port), TrustedRoots = [certificate] };
    }

    public StubHttp Wire { get; } = new();

    public ProviderTestContext Host { get; }

    public JiraConfig Config { get; init; } = Cloud();

    public static IReadOnlyList<IntegrationAction> Actions => new JiraProvider().Actions;

    public static JiraConfig Cloud(string site = "https://example.atlassian.net", string more = "") => Bind(
        $$"""
        {"deployment": "cloud", "site_url": "{{site}}", "auth": {"type": "api_token", "email": "ada@example.com", "token": "{{Token}}"}{{more}}}
        """);

    public static JiraConfig DataCenter(string site = "https://jira.example.com/jira", string more = "") => Bind(
        $$"""
        {"deployment": "data_center", "site_url": "{{site}}", "auth": {"type": "personal_access_token", "token": "{{Token}}"}{{more}}}
        """);

    public static JiraConfig OAuth(string site = "https://example.atlassian.net") => Bind(
        $$"""
        {"deployment": "cloud", "site_url": "{{site}}",
         "auth": {"type": "oauth2", "client_id": "app", "client_secret": "{{ClientSecret}}"} }
        """);

    public static JiraConfig Bind(string json) => JsonSerializer.Deserialize<JiraConfig>(json, Json)!;

    public static IntegrationAction ActionOf(string name) => Actions.Single(action => action.Name == name);

    public static object InputOf(string action, string json) => JsonSerializer.Deserialize(json, ActionOf(action).InputType, Json)!;

    public static IReadOnlyList<ConfigError> Validate(JiraConfig config) => [.. ((IIntegrationProvider)new JiraProvider()).Validate(config)];

    /// <summary>Runs an action; its output is JSON as callers get it.</summary>
    public async Task<JsonNode> RunAsync(string action, string input, CancellationToken cancellationToken = default)
    {
        var known = ActionOf(action);
        var output = await known.InvokeAsync(InputOf(action, input), Config, Host.Create(), cancellationToken);
        return JsonSerializer.SerializeToNode(output, known.OutputType, Json)!;
    }

    public Task<IntegrationException> FailAsync(string action, string input) =>
        Assert.ThrowsAsync<IntegrationException>(() => RunAsync(action, input));

    public Task<ProbeResult> ProbeAsync() => provider.ProbeAsync(Config, Host.Create(), CancellationToken.None);

    public Task<OptionList> OptionsAsync(string field, string? query = null) =>
        provider.GetOptionsAsync(new OptionsRequest(field, query), Config, Host.Create(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wire.Dispose();
    }
}
