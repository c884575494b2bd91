using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

/// <summary>One integration under test: config and input as the JSON that admins and callers write.</summary>
internal sealed class ServiceNowTest : IAsyncDisposable
{
    public const string Url = "https://acme.service-now.com";
    public const string SysId = "9c573169c611228700193229fff72400";
    public const string BasicAuth = """{"type": "basic", "username": "vaka", "password": "basic-password"}""";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private readonly IIntegrationProvider provider = new ServiceNowProvider();

    public ServiceNowTest(IOutboundNetwork? network = null, TimeProvider? clock = null) =>
        Host = new ProviderTestContext(provider, clock) { Network = network ?? Wire.AsNetwork() };

    public StubHttp Wire { get; } = new();

    public ProviderTestContext Host { get; }

    /// <summary>A valid input of every action; a test over all of them takes a new action along by itself.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Inputs { get; } = new Dictionary<string, JsonObject>
    {
        ["create_incident"] = Parse("""{"short_description": "VPN down", "urgency": "high"}"""),
        ["update_incident"] = Parse($$"""{"sys_id": "{{SysId}}", "state": "in_progress", "work_notes": "Looking at it"}"""),
        ["resolve_incident"] = Parse($$"""{"sys_id": "{{SysId}}", "close_code": "Solution provided", "close_notes": "Restarted"}"""),
        ["get_record"] = Parse($$"""{"table": "problem", "sys_id": "{{SysId}}"}"""),
        ["query_records"] = Parse("""{"table": "incident", "conditions": [{"field": "active", "operator": "is", "value": "true"}]}"""),
        ["create_record"] = Parse("""{"table": "problem", "record": {"short_description": "Disk full"}}"""),
        ["update_record"] = Parse($$"""{"table": "problem", "sys_id": "{{SysId}}", "record": {"state": "2"} }"""),
        ["delete_record"] = Parse($$"""{"table": "problem", "sys_id": "{{SysId}}"}"""),
        ["add_attachment"] = Parse(
            $$"""{"sys_id": "{{SysId}}", "file": {"filename": "log.txt", "content_type": "text/plain", "content_base64": "SGVsbG8="} }"""),
    };

    public static ServiceNowConfig Config(string auth = BasicAuth, string more = "", string url = Url) =>
        JsonSerializer.Deserialize<ServiceNowConfig>(
            $$"""{"instance_url": "{{url}}", "auth": {{auth}}{{(more.Length > 0 ? ", " : "")}}{{more}}}""", Json)!;

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    public Task<JsonObject> RunAsync(string action, string input, ServiceNowConfig? config = null) => RunAsync(action, Parse(input), config);

    public async Task<JsonObject> RunAsync(
        string action, JsonObject input, ServiceNowConfig? config = null, CancellationToken cancellationToken = default)
    {
        var (run, bound) = Bind(action, input);
        var output = await run.InvokeAsync(bound, config ?? Config(), Host.Create(), cancellationToken);
        return JsonSerializer.SerializeToNode(output, run.OutputType, Json)!.AsObject();
    }

    public Task<IntegrationException> FailAsync(string action, string input, ServiceNowConfig? config = null) =>
        FailAsync(action, Parse(input), config);

    public Task<IntegrationException> FailAsync(string action, JsonObject input, ServiceNowConfig? config = null) =>
        Assert.ThrowsAsync<IntegrationException>(() => RunAsync(action, input, config));

    public static (IntegrationAction Action, object Input) Bind(string name, JsonObject input)
    {
        var action = Assert.Single(new ServiceNowProvider().Actions, action => action.Name == name);
        return (action, input.Deserialize(action.InputType, Json)!);
    }

    public Task<ProbeResult> ProbeAsync(ServiceNowConfig config) => provider.ProbeAsync(config, Host.Create(), CancellationToken.None);

    public Task<OptionList> OptionsAsync(string field, string? query = null, ServiceNowConfig? config = null) =>
        provider.GetOptionsAsync(new OptionsRequest(field, query), config ?? Config(), Host.Create(), CancellationToken.None);

    public static IReadOnlyList<ConfigError> Validate(ServiceNowConfig config) =>
        [.. ((IIntegrationProvider)new ServiceNowProvider()).Validate(config)];

    /// <summary>The query of a request, decoded.</summary>
    public static IReadOnlyDictionary<string, string> QueryOf(RecordedRequest request) => request.Uri.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wire.Dispose();
    }
}
