using Microsoft.Extensions.Logging;

namespace Vaka.Plugins;

/// <summary>Owner of what outlives a call. Implemented by the host and by the testing kit; providers use
/// <see cref="IntegrationContext.GetOrCreateResourceAsync"/>.</summary>
public interface IIntegrationResources
{
    /// <inheritdoc cref="IntegrationContext.GetOrCreateResourceAsync"/>
    ValueTask<T> GetOrCreateAsync<T>(
        string key, Func<ResourceScope, CancellationToken, ValueTask<T>> create, CancellationToken cancellationToken)
        where T : class;
}

/// <summary>What a resource may keep. Unlike a call's context it stays valid for as long as the resource lives.</summary>
public sealed class ResourceScope
{
    /// <inheritdoc cref="IntegrationContext.IntegrationId"/>
    public required Guid IntegrationId { get; init; }

    /// <inheritdoc cref="IntegrationContext.Network"/>
    public required IOutboundNetwork Network { get; init; }

    /// <inheritdoc cref="IntegrationContext.Logger"/>
    public required ILogger Logger { get; init; }

    /// <inheritdoc cref="IntegrationContext.Clock"/>
    public required TimeProvider Clock { get; init; }

    /// <inheritdoc cref="IntegrationContext.Services"/>
    public required IServiceProvider Services { get; init; }
}
