using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Health;

/// <summary>Finds what a test says.</summary>
internal sealed class ProbedProvider : IntegrationProvider<TestConfig>
{
    private int running;
    private int mostAtOnce;
    private int probes;

    public Func<CancellationToken, Task<ProbeResult>> Probe { get; set; } = _ => Task.FromResult(ProbeResult.Healthy("It works."));

    public int Probes => Volatile.Read(ref probes);

    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    public override ProviderDescriptor Descriptor { get; } = new() { Type = "smtp", DisplayName = "SMTP", Description = "For tests." };

    public override IReadOnlyList<IntegrationAction> Actions => [];

    public void Fails(string message = "Nobody answers.") => Probe = _ => Task.FromResult(ProbeResult.Error(FailureKind.Unavailable, message));

    public void Works() => Probe = _ => Task.FromResult(ProbeResult.Healthy("It works."));

    protected override async Task<ProbeResult> ProbeAsync(TestConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var now = Interlocked.Increment(ref running);
        for (int seen; now > (seen = MostAtOnce);) Interlocked.CompareExchange(ref mostAtOnce, now, seen);
        try
        {
            return await Probe(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref probes);
        }
    }
}

/// <summary>A catalog of one provider.</summary>
internal sealed class ProbedCatalog(IIntegrationProvider provider) : IPluginCatalog
{
    private readonly PluginEntry entry = new()
    {
        Type = provider.Descriptor.Type,
        State = PluginState.Active,
        Plugin = new LoadedPlugin
        {
            Provider = provider,
            Descriptor = provider.Descriptor,
            Generation = Guid.NewGuid(),
            Version = "1.0.0",
            ContractVersion = "1.0",
            Assembly = typeof(ProbedProvider).Assembly,
            Services = new ServiceCollection().BuildServiceProvider(),
        },
    };

    public IReadOnlyList<PluginEntry> Entries => [entry];

    public PluginEntry? Find(string type) => type == entry.Type ? entry : null;
}
