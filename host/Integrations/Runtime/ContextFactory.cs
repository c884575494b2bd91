namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>Makes what a provider may touch in one call.</summary>
internal sealed class ContextFactory
{
    public ContextLease Create(BoundIntegration integration, ContextRequest request) => throw new NotImplementedException();
}

/// <summary>What one call asks of its context.</summary>
internal sealed record ContextRequest
{
    public Guid? CallerTenantId { get; init; }

    public Guid ExecutionId { get; init; }

    public int Attempt { get; init; } = 1;

    public required string DeduplicationKey { get; init; }

    /// <summary>Where a probe's steps go.</summary>
    public Action<ProbeStep>? OnStep { get; init; }

    /// <summary>The config is not saved: share nothing, and dispose every resource with the lease.</summary>
    public bool IsUnsaved { get; init; }
}

/// <summary>A context and the resources that it uses; dispose it when the call has ended.</summary>
internal sealed class ContextLease(IntegrationContext context, Func<ValueTask> release) : IAsyncDisposable
{
    public IntegrationContext Context { get; } = context;

    public ValueTask DisposeAsync() => release();
}
