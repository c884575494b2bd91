using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>How often and how many at a time an integration may be called.</summary>
internal sealed class CallLimits
{
    /// <summary>Durable calls of one integration that run at the same time on this node.</summary>
    private const int DurableAtOnce = 16;

    /// <summary>How many durable executions of an integration this node may run at the same time.</summary>
    public static int AtOnce(BoundIntegration integration) => DurableAtOnce;

    /// <summary>How long the integration is not to be called at all: the other side asked to wait, or has failed so often that it is left
    /// alone for a while. <c>null</c>: it may be called.</summary>
    public TimeSpan? BlockedFor(BoundIntegration integration) => null;

    /// <summary>Asks for one call at the integration's rate, which all nodes share.</summary>
    /// <returns>How long to wait before asking again; <c>null</c>: it may begin now, and is counted.</returns>
    public ValueTask<TimeSpan?> TakeAsync(BoundIntegration integration, CancellationToken cancellationToken) => new((TimeSpan?)null);

    /// <summary>Begins a synchronous call; dispose what it answers when the call has ended.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.RateLimited"/> or <see cref="ProblemCode.ProviderUnavailable"/>, both with
    /// the time to wait and without effect.</exception>
    public ValueTask<IDisposable?> EnterAsync(BoundIntegration integration, CancellationToken cancellationToken) => new((IDisposable?)null);

    /// <summary>Tells what came of a call, synchronous or durable: <c>null</c>, it went well.</summary>
    public void Tell(BoundIntegration integration, ProblemException? problem)
    {
    }
}
