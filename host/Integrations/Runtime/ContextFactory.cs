using System.Collections.Concurrent;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>Makes what a provider may touch in one call.</summary>
internal sealed class ContextFactory(
    OutboundAccess outbound, ResourcePool resources, StateStore states, OneTimeTokens tokens, TimeProvider clock, ILoggerFactory logs)
{
    private readonly ConcurrentDictionary<string, ILogger> loggers = new(StringComparer.Ordinal);

    public ContextLease Create(BoundIntegration integration, ContextRequest request)
    {
        // What is not saved has an id that nobody else has, and so shares nothing by mistake either.
        var id = request.IsUnsaved ? Guid.NewGuid() : integration.Id;
        var logger = new ProviderLogger(LoggerOf(integration.Plugin.Type), id);
        var scope = new ResourceScope
        {
            IntegrationId = id,
            Network = outbound.Network(integration.Scope, integration.Reach),
            Logger = logger,
            Clock = clock,
            Services = integration.Plugin.Services,
        };
        var pool = request.IsUnsaved ? new ResourcePool(clock, logs.CreateLogger<ResourcePool>()) : resources;
        var lease = new ResourceLease(pool, integration, scope);
        var context = new IntegrationContext
        {
            IntegrationId = id,
            CallerTenantId = request.CallerTenantId,
            Scope = integration.Scope,
            ExecutionId = request.ExecutionId,
            Attempt = request.Attempt,
            DeduplicationKey = request.DeduplicationKey,
            Http = outbound.Http(integration.Scope, integration.Reach),
            Network = scope.Network,
            Logger = logger,
            Clock = clock,
            Services = scope.Services,
            State = request.IsUnsaved ? new UnsavedMemory(clock) : states.For(id, integration.TenantId),
            OneTime = request.IsUnsaved ? new UnsavedMemory(clock) : tokens.For(id),
            Resources = lease,
            OnStep = request.OnStep,
        };
        return new ContextLease(context, lease, request.IsUnsaved ? pool : null);
    }

    private ILogger LoggerOf(string type) =>
        loggers.GetOrAdd(type, static (type, logs) => logs.CreateLogger($"Vaka.Plugins.Provider.{type}"), logs);
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
/// <param name="ownPool">The pool that this call alone uses.</param>
internal sealed class ContextLease(IntegrationContext context, ResourceLease resources, ResourcePool? ownPool) : IAsyncDisposable
{
    public IntegrationContext Context { get; } = context;

    public async ValueTask DisposeAsync()
    {
        await resources.DisposeAsync();
        if (ownPool is not null) await ownPool.DisposeAsync();
    }

    /// <summary>Disposes once <paramref name="call"/> has ended. A call that was left behind still uses what it holds, so this returns at
    /// once and the release follows when it ends.</summary>
    public ValueTask DisposeAfterAsync(Task? call)
    {
        if (call is null or { IsCompleted: true }) return DisposeAsync();
        _ = call.ContinueWith(
            ended =>
            {
                _ = ended.Exception; // seen: its outcome was reported as a time-out
                return DisposeAsync().AsTask();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }
}
