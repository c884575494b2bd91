using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

public sealed record TestConfig
{
    [Display(Name = "Address")]
    public required string Address { get; init; }

    [Display(Name = "Token")]
    [SecretFor("address")]
    public SecretString? Token { get; init; }
}

public sealed record TestInput
{
    [Display(Name = "Path")]
    public string? Path { get; init; }
}

public sealed record TestOutput;

internal sealed class TestAction(string name, bool isTenantSafe, Func<TestInput, bool>? isSafeFor = null)
    : IntegrationAction<TestConfig, TestInput, TestOutput>
{
    public override string Name => name;

    public override string Title => name;

    public override string Description => name;

    public override bool IsTenantSafe => isTenantSafe;

    public override bool IsTenantSafeFor(TestInput input) => isSafeFor?.Invoke(input) ?? isTenantSafe;

    public override Task<TestOutput> ExecuteAsync(
        TestInput input, TestConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new TestOutput());
}

internal sealed class TestProvider(ProviderDescriptor descriptor, Func<int, JsonObject, JsonObject>? migrate = null)
    : IntegrationProvider<TestConfig>
{
    public override ProviderDescriptor Descriptor => descriptor;

    public override IReadOnlyList<IntegrationAction> Actions => [];

    protected override Task<ProbeResult> ProbeAsync(TestConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(ProbeResult.Healthy("It works."));

    protected override JsonObject MigrateConfig(int fromVersion, JsonObject config) =>
        migrate is null ? base.MigrateConfig(fromVersion, config) : migrate(fromVersion, config);
}

/// <summary>A catalog of plugins that were never in a folder.</summary>
internal sealed class TestCatalog : IPluginCatalog
{
    private readonly ConcurrentDictionary<string, PluginEntry> byType = new(StringComparer.Ordinal);

    public IReadOnlyList<PluginEntry> Entries => [.. byType.Values.OrderBy(entry => entry.Type, StringComparer.Ordinal)];

    public PluginEntry? Find(string type) => byType.GetValueOrDefault(type);

    public LoadedPlugin Load(string type, string displayName, int configVersion = 1, Func<int, JsonObject, JsonObject>? migrate = null,
        IReadOnlyList<Destination>? reach = null)
    {
        var descriptor = new ProviderDescriptor
        {
            Type = type, DisplayName = displayName, Description = "For tests.", ConfigVersion = configVersion, Reach = reach,
        };
        var plugin = new LoadedPlugin
        {
            Provider = new TestProvider(descriptor, migrate),
            Descriptor = descriptor,
            Generation = Guid.NewGuid(),
            Version = "1.0.0",
            ContractVersion = "1.0",
            Assembly = typeof(TestProvider).Assembly,
            Services = new ServiceCollection().BuildServiceProvider(),
        };
        byType[type] = new PluginEntry { Type = type, State = PluginState.Active, Plugin = plugin };
        return plugin;
    }

    public void Switch(string type, PluginState state) => byType[type] = byType[type] with
    {
        State = state, Plugin = state is PluginState.Active or PluginState.Disabled ? byType[type].Plugin : null,
    };
}
