using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class ProviderContractsTests
{
    private readonly ProviderContracts contracts = new();

    [Fact]
    public void Contracts_OfOneLoad_AreMadeOnce()
    {
        var plugin = Load(new SampleProvider<Config>([new SampleAction<Config, Input, Output>()]));
        var action = plugin.Provider.Actions[0];

        Assert.Same(contracts.Config(plugin), contracts.Config(plugin));
        Assert.Same(contracts.Input(plugin, action), contracts.Input(plugin, action));
        Assert.Equal(
            (typeof(Config), typeof(Input), typeof(Output)),
            (contracts.Config(plugin).Type, contracts.Input(plugin, action).Type, contracts.Output(plugin, action).Type));
    }

    [Fact]
    public void Contracts_OfAnotherLoad_AreMadeAnew()
    {
        var provider = new SampleProvider<Config>([]);

        Assert.NotSame(contracts.Config(Load(provider)), contracts.Config(Load(provider)));
    }

    [Fact]
    public void Check_GoodPlugin_Passes() => contracts.Check(Load(new SampleProvider<Config>([new SampleAction<Config, Input, Output>()])));

    [Fact]
    public void Check_BadConfig_IsRefused() =>
        Assert.Throws<ProviderCheckException>(() => contracts.Check(Load(new SampleProvider<Bad>([]))));

    [Fact]
    public void Check_BadInput_NamesTheRecord()
    {
        var plugin = Load(new SampleProvider<Config>([new SampleAction<Config, Bad, Output>()]));

        Assert.Equal(
            "Bad.At: DateTime is not supported. Use DateTimeOffset.",
            Assert.Throws<ProviderCheckException>(() => contracts.Check(plugin)).Message);
    }

    [Fact]
    public void Check_SecretInAnOutput_IsRefused()
    {
        var plugin = Load(new SampleProvider<Config>([new SampleAction<Config, Input, Config>()]));

        Assert.Equal(
            "Action sample: its output Config holds a secret. What is answered is never secret.",
            Assert.Throws<ProviderCheckException>(() => contracts.Check(plugin)).Message);
    }

    [Fact]
    public void Check_ActionOfAnotherConfig_IsRefused()
    {
        var plugin = Load(new SampleProvider<Config>([new SampleAction<Input, Input, Output>()]));

        Assert.Equal(
            "Action sample takes Input; the provider's config is Config.",
            Assert.Throws<ProviderCheckException>(() => contracts.Check(plugin)).Message);
    }

    [Fact]
    public void AddSchema_RegistersTheCheck()
    {
        using var services = new ServiceCollection().AddSchema().BuildServiceProvider();

        Assert.Same(services.GetRequiredService<ProviderContracts>(), services.GetRequiredService<IProviderCheck>());
    }

    [Fact]
    public void Contract_OfAnUnloadedAssembly_IsCollected()
    {
        var context = UseAndUnload();

        // The serialiser's own cache of accessors ages out with use; emptied here so as not to wait for it.
        var clear = typeof(DefaultJsonTypeInfoResolver).GetMethod("ClearMemberAccessorCaches", BindingFlags.Static | BindingFlags.NonPublic);
        Assert.NotNull(clear);
        clear.Invoke(null, null);
        for (var i = 0; i < 20 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference UseAndUnload()
    {
        var context = new AssemblyLoadContext("again", isCollectible: true);
        var provider = context.LoadFromAssemblyPath(typeof(ProviderContractsTests).Assembly.Location)
            .GetType($"{typeof(ProviderContractsTests).FullName}+Factory")?
            .GetMethod("Create")?.Invoke(null, null);
        var plugin = Load(Assert.IsType<IIntegrationProvider>(provider, exactMatch: false));
        Assert.NotSame(typeof(Config).Assembly, plugin.Provider.ConfigType.Assembly);

        contracts.Check(plugin);
        var contract = contracts.Config(plugin);
        Assert.Empty(contract.Bind("""{"host":"h","even":2}"""u8.ToArray().AsMemory()).Errors);
        Assert.Equal(2, contract.Bind(Encoding.UTF8.GetBytes("""{"hots":"h"}""").AsMemory()).Errors.Count);
        context.Unload();
        return new WeakReference(context);
    }

    private static LoadedPlugin Load(IIntegrationProvider provider) => new()
    {
        Provider = provider,
        Descriptor = provider.Descriptor,
        Generation = Guid.CreateVersion7(),
        Version = "1.0.0",
        ContractVersion = "1.0",
        Assembly = provider.GetType().Assembly,
        Services = new ServiceCollection().BuildServiceProvider(),
    };

    public static class Factory
    {
        public static IIntegrationProvider Create() => new SampleProvider<Config>([new SampleAction<Config, Input, Output>()]);
    }

    internal sealed record Config
    {
        public required string Host { get; init; }

        [SecretFor("host")]
        public SecretString? Password { get; init; }

        [System.ComponentModel.DataAnnotations.DeniedValues(3)]
        public int Even { get; init; }
    }

    internal sealed record Input
    {
        public required string To { get; init; }
    }

    internal sealed record Output
    {
        public required string Id { get; init; }
    }

    internal sealed record Bad
    {
        public DateTime At { get; init; }
    }

    private sealed class SampleProvider<T>(IReadOnlyList<IntegrationAction> actions) : IntegrationProvider<T>
        where T : class
    {
        public override ProviderDescriptor Descriptor { get; } = new() { Type = "sample", DisplayName = "Sample", Description = "A sample." };

        public override IReadOnlyList<IntegrationAction> Actions => actions;

        protected override Task<ProbeResult> ProbeAsync(T config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(ProbeResult.Healthy("Fine."));
    }

    private sealed class SampleAction<TConfig, TInput, TOutput> : IntegrationAction<TConfig, TInput, TOutput>
        where TConfig : class
        where TInput : class
        where TOutput : class
    {
        public override string Name => "sample";

        public override string Title => "Sample";

        public override string Description => "A sample.";

        public override Task<TOutput> ExecuteAsync(TInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
