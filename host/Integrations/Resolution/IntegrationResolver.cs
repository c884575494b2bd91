namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Finds the integration that serves a tenant: its own, else the platform-wide one, else a clear error.</summary>
internal sealed class IntegrationResolver
{
    /// <summary>The integration that serves.</summary>
    /// <param name="type">The provider's type.</param>
    /// <param name="tenantId">The caller's tenant; <c>null</c>: the platform itself, which has only the platform-wide rows.</param>
    /// <param name="nameOrId">The one that is meant; <c>null</c>: the default one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: no such provider;
    /// <see cref="ProblemCode.ProviderDisabled"/>; <see cref="ProblemCode.IntegrationNotConfigured"/> and
    /// <see cref="ProblemCode.IntegrationUnusable"/>, both with the trail.</exception>
    public ValueTask<Resolution> ResolveAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>What serves, and why.</summary>
internal sealed record Resolution(BoundIntegration Integration, ConfigScope Scope, IReadOnlyList<TrailEntry> Trail);
