using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Integrations.Store;

/// <summary>A config with a secret in every kind of place.</summary>
public sealed record RelayConfig
{
    [Required]
    [StringLength(200, MinimumLength = 1)]
    public required string Host { get; init; }

    [Range(1, 65535)]
    public int Port { get; init; } = 25;

    public bool Tls { get; init; } = true;

    [SecretFor("host", "port", "tls")]
    public SecretString? Password { get; init; }

    public string? Note { get; init; }

    public RelayAuth Auth { get; init; } = new NoRelayAuth();

    [SecretFor("host")]
    public IReadOnlyDictionary<string, SecretString> SecretHeaders { get; init; } = new Dictionary<string, SecretString>();

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public RelayClient? Client { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NoRelayAuth), "none")]
[JsonDerivedType(typeof(TokenRelayAuth), "token")]
[JsonDerivedType(typeof(HmacRelayAuth), "hmac")]
public abstract record RelayAuth;

public sealed record NoRelayAuth : RelayAuth;

public sealed record TokenRelayAuth : RelayAuth
{
    public string? TokenUrl { get; init; }

    [SecretFor("host", "auth.token_url")]
    public required SecretString Secret { get; init; }
}

public sealed record HmacRelayAuth : RelayAuth
{
    public required string Header { get; init; }

    [SecretFor("host")]
    public required SecretString Secret { get; init; }
}

public sealed record RelayClient
{
    public required string Name { get; init; }

    public SecretString? Key { get; init; }
}

public sealed record RelayInput(string Text);

public sealed record RelayOutput(bool Done);

public sealed class RelayAction(string name, bool isInternal) : IntegrationAction<RelayConfig, RelayInput, RelayOutput>
{
    public override string Name => name;

    public override string Title => name;

    public override string Description => name;

    public override bool IsInternal => isInternal;

    public override Task<RelayOutput> ExecuteAsync(
        RelayInput input, RelayConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new RelayOutput(true));
}

/// <summary>Refuses and warns by host name.</summary>
public sealed class RelayProvider(string type, int version) : IntegrationProvider<RelayConfig>
{
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = type, DisplayName = "Relay", Description = "For tests.", ConfigVersion = version,
    };

    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new RelayAction("push", false), new RelayAction("hidden", true)];

    protected override IEnumerable<ConfigError> Validate(RelayConfig config) => config.Host switch
    {
        "refused.example" => [new ConfigError("host", "Not this one.")],
        "warned.example" => [new ConfigError("host", "Better not.", ConfigSeverity.Warning)],
        "throwing.example" => throw new InvalidOperationException("a fault of the plugin"),
        _ => [],
    };

    protected override Task<ProbeResult> ProbeAsync(RelayConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(ProbeResult.Healthy("fine"));

    /// <summary>Version 1 had the password under another name.</summary>
    protected override JsonObject MigrateConfig(int fromVersion, JsonObject config)
    {
        if (!config.Remove("pass", out var secret)) return config;
        config["password"] = secret;
        return config;
    }
}

/// <summary>A catalog without folders.</summary>
internal sealed class FakeCatalog : IPluginCatalog
{
    private readonly Dictionary<string, PluginEntry> entries = [];

    public IReadOnlyList<PluginEntry> Entries => [.. entries.Values.OrderBy(entry => entry.Type, StringComparer.Ordinal)];

    public PluginEntry? Find(string type) => entries.GetValueOrDefault(type);

    public void Add(string type, int version = 1, PluginState state = PluginState.Active)
    {
        var provider = new RelayProvider(type, version);
        entries[type] = new PluginEntry
        {
            Type = type,
            State = state,
            StateReason = state is PluginState.Active ? null : "for a test",
            Plugin = state is PluginState.Active or PluginState.Disabled
                ? new LoadedPlugin
                {
                    Provider = provider,
                    Descriptor = provider.Descriptor,
                    Generation = Guid.NewGuid(),
                    Version = "1.0.0",
                    ContractVersion = "1.0",
                    Assembly = GetType().Assembly,
                    Services = new ServiceCollection().BuildServiceProvider(),
                }
                : null,
        };
    }
}
