using System.Collections.Concurrent;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>The circuit breakers of this node, one for each integration whose other side was not there lately. None is kept for one whose
/// calls go well, nor for one that nobody calls any more.</summary>
internal sealed class Breakers
{
    /// <summary>Of more integrations than these, the failures are not counted.</summary>
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<Guid, Breaker> failing = new();
    private readonly TimeProvider clock;

    public Breakers(IntegrationChanges changes, TimeProvider clock)
    {
        this.clock = clock;
        changes.Subscribe(change =>
        {
            if (!change.IsEcho) failing.TryRemove(change.IntegrationId, out _);
        });
    }

    public int Count => failing.Count;

    /// <summary>How long the integration is left alone; <c>null</c>: it may be called.</summary>
    public TimeSpan? Left(Guid integration) => failing.TryGetValue(integration, out var breaker) ? breaker.Left() : null;

    /// <summary>The same, and lets one call through to see whether the other side is back.</summary>
    public TimeSpan? Enter(BoundIntegration integration) => failing.TryGetValue(integration.Id, out var breaker)
        ? breaker.Enter(CallTimeout.Of(integration.Config) + CallTimeout.Grace)
        : null;

    public void Tell(Guid integration, ProblemException? problem)
    {
        var isThere = Judge(problem);
        if (failing.TryGetValue(integration, out var breaker) || (isThere is false && TryAdd(integration, out breaker)))
        {
            if (breaker.Tell(isThere)) failing.TryRemove(KeyValuePair.Create(integration, breaker));
        }
    }

    /// <summary>Forgets those that were not told of anything for longer than they look back.</summary>
    public void Sweep()
    {
        foreach (var entry in failing)
        {
            if (entry.Value.IsIdle) failing.TryRemove(entry);
        }
    }

    private bool TryAdd(Guid integration, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Breaker? breaker)
    {
        breaker = failing.Count < Capacity ? failing.GetOrAdd(integration, _ => new Breaker(clock)) : null;
        return breaker is not null;
    }

    /// <summary>Whether the other side is there, whatever it says; <c>null</c>: the call does not tell, for it did not come that far.</summary>
    private static bool? Judge(ProblemException? problem) => problem switch
    {
        null => true,
        { Code: ProblemCode.ProviderUnavailable or ProblemCode.ProviderTimeout } => false,
        { FailureKind: null or FailureKind.Unexpected or FailureKind.InvalidConfiguration } or { Code: ProblemCode.HostStopping } => null,
        _ => true,
    };
}
