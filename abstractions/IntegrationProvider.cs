using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Vaka.Plugins;

/// <summary>Base of every provider: names its config record once and is typed from there on.</summary>
/// <typeparam name="TConfig">The config record: one flat or nested record with DataAnnotations and the hints of this assembly.</typeparam>
public abstract class IntegrationProvider<TConfig> : IIntegrationProvider
    where TConfig : class
{
    /// <inheritdoc/>
    public abstract ProviderDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<IntegrationAction> Actions { get; }

    /// <inheritdoc/>
    public virtual IJsonTypeInfoResolver? JsonTypeInfoResolver => null;

    Type IIntegrationProvider.ConfigType => typeof(TConfig);

    /// <inheritdoc/>
    public virtual void ConfigureServices(IServiceCollection services)
    {
    }

    /// <inheritdoc cref="IIntegrationProvider.Validate"/>
    protected virtual IEnumerable<ConfigError> Validate(TConfig config) => [];

    /// <inheritdoc cref="IIntegrationProvider.ProbeAsync"/>
    protected abstract Task<ProbeResult> ProbeAsync(TConfig config, IntegrationContext context, CancellationToken cancellationToken);

    /// <inheritdoc cref="IIntegrationProvider.GetOptionsAsync"/>
    protected virtual Task<OptionList> GetOptionsAsync(
        OptionsRequest request, TConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(OptionList.Empty);

    /// <inheritdoc cref="IIntegrationProvider.GetConsent"/>
    protected virtual OAuth2Settings? GetConsent(TConfig config) => null;

    /// <inheritdoc cref="IIntegrationProvider.MigrateConfig"/>
    /// <remarks>The default refuses: a provider whose <see cref="ProviderDescriptor.ConfigVersion"/> is above 1 overrides it.</remarks>
    protected virtual JsonObject MigrateConfig(int fromVersion, JsonObject config) =>
        throw new NotSupportedException($"{Descriptor.Type} has no migration from config version {fromVersion}.");

    IEnumerable<ConfigError> IIntegrationProvider.Validate(object config) => Validate((TConfig)config);

    Task<ProbeResult> IIntegrationProvider.ProbeAsync(object config, IntegrationContext context, CancellationToken cancellationToken) =>
        ProbeAsync((TConfig)config, context, cancellationToken);

    Task<OptionList> IIntegrationProvider.GetOptionsAsync(
        OptionsRequest request, object config, IntegrationContext context, CancellationToken cancellationToken) =>
        GetOptionsAsync(request, (TConfig)config, context, cancellationToken);

    OAuth2Settings? IIntegrationProvider.GetConsent(object config) => GetConsent((TConfig)config);

    JsonObject IIntegrationProvider.MigrateConfig(int fromVersion, JsonObject config) => MigrateConfig(fromVersion, config);
}
