using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Vaka.Plugins;

/// <summary>A provider as the host sees it. Derive from <see cref="IntegrationProvider{TConfig}"/> instead of implementing this.</summary>
/// <remarks>A provider is a stateless singleton with a public parameterless constructor. Its config is an argument of every
/// call and never a field, since one instance serves every tenant at once.</remarks>
public interface IIntegrationProvider
{
    /// <summary>Who the provider is.</summary>
    ProviderDescriptor Descriptor { get; }

    /// <summary>The config record. The host generates its JSON Schema and binds to it strictly.</summary>
    Type ConfigType { get; }

    /// <summary>What callers can invoke; names are unique within the provider.</summary>
    IReadOnlyList<IntegrationAction> Actions { get; }

    /// <summary>Source-generated JSON metadata of the plugin's records; <c>null</c> (the default) lets the host use reflection.</summary>
    IJsonTypeInfoResolver? JsonTypeInfoResolver { get; }

    /// <summary>Registers the plugin's own services in its own container, which is never the host's.</summary>
    void ConfigureServices(IServiceCollection services);

    /// <summary>Rules that span several fields. Pure: no network, no clock. An error refuses the config, a warning is shown.</summary>
    IEnumerable<ConfigError> Validate(object config);

    /// <summary>Checks without side effect that an integration works, reporting each step as it goes.</summary>
    Task<ProbeResult> ProbeAsync(object config, IntegrationContext context, CancellationToken cancellationToken);

    /// <summary>Live choices for a field marked with <see cref="HasOptionsAttribute"/>.</summary>
    Task<OptionList> GetOptionsAsync(OptionsRequest request, object config, IntegrationContext context, CancellationToken cancellationToken);

    /// <summary>How this config gets its access tokens, where a person has to give consent: the host then offers Connect. Pure.</summary>
    /// <returns><c>null</c> (the default): nobody has to.</returns>
    OAuth2Settings? GetConsent(object config);

    /// <summary>Brings a stored config of an older version to the current one. Pure. A secret appears as an opaque object that may
    /// be moved to another property but neither read nor made.</summary>
    JsonObject MigrateConfig(int fromVersion, JsonObject config);
}
