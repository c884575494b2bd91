using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Testing;

/// <summary>The plugin that is graded, and what its author gives to grade it with.</summary>
internal sealed class ConformanceSubject : IDisposable
{
    private readonly ServiceProvider services;
    private readonly ServiceProvider host = new ServiceCollection().AddLogging().AddSchema().BuildServiceProvider();

    public ConformanceSubject(IIntegrationProvider provider)
    {
        Provider = provider;
        var own = new ServiceCollection();
        provider.ConfigureServices(own);
        services = own.BuildServiceProvider();
        Plugin = new LoadedPlugin
        {
            Provider = provider,
            Descriptor = provider.Descriptor,
            Generation = Guid.NewGuid(),
            Version = "0",
            ContractVersion = "0",
            Assembly = provider.GetType().Assembly,
            Services = services,
        };
    }

    public IIntegrationProvider Provider { get; }

    public LoadedPlugin Plugin { get; }

    public required Func<IIntegrationProvider> CreateProvider { get; init; }

    public required Func<JsonObject> Config { get; init; }

    public required IReadOnlyDictionary<string, JsonObject> Inputs { get; init; }

    public required Func<string, IEnumerable<HttpAnswer>> VendorAnswers { get; init; }

    public required IReadOnlyCollection<string> HarmlessRequests { get; init; }

    public required IReadOnlyDictionary<string, string> RepeatableActions { get; init; }

    public required IReadOnlyDictionary<int, JsonObject> FormerConfigs { get; init; }

    /// <summary>Actions that another conformance class of the same tests gives an input for.</summary>
    public required IReadOnlySet<string> SampledElsewhere { get; init; }

    /// <summary>The assembly that the plugin ships.</summary>
    public required string AssemblyPath { get; init; }

    public IEnumerable<IProviderCheck> LoadChecks => host.GetServices<IProviderCheck>();

    /// <summary>The actions that have a good input, with it.</summary>
    public IEnumerable<(IntegrationAction Action, JsonObject Input)> Samples =>
        from action in Provider.Actions
        where Inputs.ContainsKey(action.Name)
        select (action, Inputs[action.Name]);

    public JsonContract Contract(Type type) => JsonContract.Create(type, Provider.JsonTypeInfoResolver);

    public object BindConfig() => Bind(Provider.ConfigType, Config());

    public object BindInput(IntegrationAction action) => Bind(action.InputType, Inputs[action.Name]);

    /// <summary>Every secret of the config, and the tokens that the trials' sign-in gives.</summary>
    public IReadOnlyList<string> Secrets()
    {
        var config = Config();
        return
        [
            .. Contract(Provider.ConfigType).FindSecrets(config)
                .Select(place => place.Segments.Aggregate<string, JsonNode?>(config, (node, member) => node?[member]))
                .OfType<JsonValue>()
                .Select(secret => secret.GetValue<string>()),
            AnsweringNetwork.AccessToken, AnsweringNetwork.RefreshToken,
        ];
    }

    /// <summary>What the host would hold an integration with this config to; <c>null</c>: to nothing.</summary>
    public OutboundReach? Reach() => host.GetRequiredService<ProviderReach>().Of(Plugin, BindConfig());

    public void Dispose()
    {
        services.Dispose();
        host.Dispose();
    }

    private object Bind(Type type, JsonObject document)
    {
        var bound = Contract(type).Bind(document);
        return bound.Value ?? throw new ArgumentException(
            $"{type.Name} is not accepted: {string.Join("; ", bound.Errors.Select(error => $"{error.Path}: {error.Message}"))}", nameof(document));
    }
}
