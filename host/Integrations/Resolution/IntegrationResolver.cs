using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Finds the integration that serves a tenant: its own, else the platform-wide one, else a clear error.</summary>
internal sealed class IntegrationResolver(IPluginCatalog catalog, IIntegrationRows rows, BoundRows bound, ResolutionCache cache, ResolutionFigures figures)
{
    private const int LongestName = 200;

    /// <summary>The integration that serves.</summary>
    /// <param name="type">The provider's type.</param>
    /// <param name="tenantId">The caller's tenant; <c>null</c>: the platform itself, which has only the platform-wide rows.</param>
    /// <param name="nameOrId">The one that is meant; <c>null</c>: the default one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: no such provider;
    /// <see cref="ProblemCode.ProviderDisabled"/>; <see cref="ProblemCode.IntegrationNotConfigured"/> and
    /// <see cref="ProblemCode.IntegrationUnusable"/>, both with the trail.</exception>
    public ValueTask<Resolution> ResolveAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        // The path of nearly every call: no allocation, no lock, no await.
        var provider = catalog.Find(type);
        return provider is { State: PluginState.Active, Plugin: { } plugin }
            && cache.Find(provider.Type, tenantId, nameOrId, plugin)?.Resolution is { } resolution
                ? new ValueTask<Resolution>(resolution)
                : ResolveSlowlyAsync(type, tenantId, nameOrId, cancellationToken);
    }

    /// <summary>What serves or why nothing does, each row that was looked at included.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: no such provider;
    /// <see cref="ProblemCode.ProviderDisabled"/>.</exception>
    public async ValueTask<Explanation> ExplainAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        var provider = catalog.Find(type) ?? throw NoSuchProvider(type);
        if (provider.State is PluginState.Disabled) throw Disabled(provider).ToProblem([]);
        return await ExplainAsync(provider, tenantId, nameOrId, cancellationToken);
    }

    /// <summary>The same for every provider that there is, by type, one that is switched off for everyone included.</summary>
    public async Task<IReadOnlyList<(string Type, Explanation Explanation)>> ExplainAllAsync(Guid? tenantId, CancellationToken cancellationToken)
    {
        var all = new List<(string Type, Explanation Explanation)>();
        foreach (var provider in catalog.Entries)
        {
            all.Add((provider.Type, provider.State is PluginState.Disabled
                ? new Explanation(null, Disabled(provider), [])
                : await ExplainAsync(provider, tenantId, null, cancellationToken)));
        }

        return all;
    }

    /// <summary>What would serve, by default, if a row were deleted or switched off. Read from the database at once, since an admin asks.</summary>
    /// <inheritdoc cref="ExplainAsync(string, Guid?, string?, CancellationToken)" path="/exception"/>
    public async Task<Explanation> ExplainWithoutAsync(Integration row, bool isDeleted, CancellationToken cancellationToken)
    {
        var provider = catalog.Find(row.IntegrationType) ?? throw NoSuchProvider(row.IntegrationType);
        if (provider.State is PluginState.Disabled) return new Explanation(null, Disabled(provider), []);
        var now = await rows.ReadAsync(provider.Type, row.TenantId, null, cancellationToken);
        var others = now.Own.Where(other => other.Id != row.Id).ToList();

        // A row that is switched off still forbids; one that is gone does not.
        var forbidding = isDeleted && now.FallbackForbiddenBy == row.Name
            ? others.Find(other => other.Fallback is Fallback.Never)?.Name
            : now.FallbackForbiddenBy;
        return new Selection(provider, row.TenantId, null, bound.Read).Decide(now with { Own = others, FallbackForbiddenBy = forbidding });
    }

    private async ValueTask<Explanation> ExplainAsync(
        PluginEntry provider, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        // No row can have such a name, and PostgreSQL does not even take the question.
        if (nameOrId is not null && (nameOrId.Length > LongestName || nameOrId.Contains('\0')))
            return new Selection(provider, tenantId, nameOrId, bound.Read).Decide(new CandidateRows([], [], null));

        return await cache.GetAsync(
            provider.Type,
            tenantId,
            nameOrId,
            provider.Plugin,
            () => ReadAsync(provider, tenantId, nameOrId),
            cancellationToken);
    }

    private async Task<Explanation> ReadAsync(PluginEntry provider, Guid? tenantId, string? nameOrId)
    {
        figures.Read(provider.Type);
        using var span = ResolutionTrace.Read(provider.Type);
        return new Selection(provider, tenantId, nameOrId, bound.Read)
            .Decide(await rows.ReadAsync(provider.Type, tenantId, nameOrId, CancellationToken.None));
    }

    private async ValueTask<Resolution> ResolveSlowlyAsync(
        string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        var explanation = await ExplainAsync(type, tenantId, nameOrId, cancellationToken);
        if (explanation.Refusal is { } refusal) throw refusal.ToProblem(explanation.Trail);
        return explanation.Resolution!; // one of the two is there
    }

    private ProblemException NoSuchProvider(string type) => new(
        ProblemCode.NotFound,
        $"There is no provider '{type}'. There are: {string.Join(", ", catalog.Entries.Select(entry => entry.Type))}.");

    private static Refusal Disabled(PluginEntry provider) => new(
        ProblemCode.ProviderDisabled,
        $"{provider.Plugin?.Descriptor.DisplayName ?? provider.Type} is switched off for everyone. "
        + "Ask the administrators of the platform to enable the provider.");
}

/// <summary>What serves, and why.</summary>
internal sealed record Resolution(BoundIntegration Integration, ConfigScope Scope, IReadOnlyList<TrailEntry> Trail);
