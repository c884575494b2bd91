using System.Text.Json;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Webhook.Actions;

namespace Vaka.Plugins.Webhook.Tests;

/// <summary>One webhook under test: config and input as the JSON that admins and callers write.</summary>
internal sealed class WebhookTest : IAsyncDisposable
{
    public const string Url = "https://hooks.example.com/in?tenant=7";
    public const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
    };

    private readonly IIntegrationProvider provider = new WebhookProvider();

    public WebhookTest(IOutboundNetwork? network = null, TimeProvider? clock = null) =>
        Host = new ProviderTestContext(provider, clock) { Network = network ?? Wire.AsNetwork() };

    public StubHttp Wire { get; } = new();

    public ProviderTestContext Host { get; }

    public static WebhookConfig Config(string members = "", string url = Url) =>
        JsonSerializer.Deserialize<WebhookConfig>($$"""{"url": "{{url}}"{{(members.Length > 0 ? ", " : "")}}{{members}}}""", Json)!;

    public static PushDataInput Input(string data = """{"id":1}""", string more = "") =>
        JsonSerializer.Deserialize<PushDataInput>($$"""{"data": {{data}}{{(more.Length > 0 ? ", " : "")}}{{more}}}""", Json)!;

    public static string ToJson(object value) => JsonSerializer.Serialize(value, value.GetType(), Json);

    public Task<PushDataOutput> PushAsync(WebhookConfig config, PushDataInput? input = null, CancellationToken cancellationToken = default) =>
        new PushData().ExecuteAsync(input ?? Input(), config, Host.Create(), cancellationToken);

    public Task<IntegrationException> FailAsync(WebhookConfig config, PushDataInput? input = null) =>
        Assert.ThrowsAsync<IntegrationException>(() => PushAsync(config, input));

    /// <summary>Pushes once, is answered 200, and gives what came in.</summary>
    public async Task<RecordedRequest> SendAsync(WebhookConfig config, PushDataInput? input = null)
    {
        Wire.Next(HttpAnswers.Json("{}"));
        await PushAsync(config, input);
        return Wire.Requests[^1];
    }

    public Task<ProbeResult> ProbeAsync(WebhookConfig config) => provider.ProbeAsync(config, Host.Create(), CancellationToken.None);

    public static IReadOnlyList<ConfigError> Validate(WebhookConfig config) =>
        [.. ((IIntegrationProvider)new WebhookProvider()).Validate(config)];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Wire.Dispose();
    }
}
