using System.Globalization;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>How often and how many at a time an integration may be called. One without limits whose calls go well costs two look-ups in
/// memory and leaves nothing behind.</summary>
internal sealed class CallLimits : IDisposable
{
    /// <summary>Durable calls of one integration that run at the same time on this node, where its admin says nothing.</summary>
    public const int DurableAtOnce = 16;

    /// <summary>How long a synchronous call waits until another one has ended.</summary>
    public static readonly TimeSpan PatienceForPlace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SweepSpan = TimeSpan.FromSeconds(30);

    private readonly CallRate rate;
    private readonly Pauses pauses;
    private readonly Breakers breakers;
    private readonly Places places;
    private readonly TimeProvider clock;
    private readonly ITimer sweeping;

    public CallLimits(CallRate rate, Pauses pauses, Breakers breakers, Places places, TimeProvider clock)
    {
        (this.rate, this.pauses, this.breakers, this.places, this.clock) = (rate, pauses, breakers, places, clock);
        sweeping = clock.CreateTimer(_ => Sweep(), null, SweepSpan, SweepSpan);
    }

    /// <summary>How many durable executions of an integration this node may run at the same time.</summary>
    public static int AtOnce(BoundIntegration integration) => integration.Limits.MaxConcurrentCalls ?? DurableAtOnce;

    /// <summary>How long the integration is not to be called at all: the other side asked to wait, or has failed so often that it is left
    /// alone for a while. <c>null</c>: it may be called.</summary>
    public TimeSpan? BlockedFor(BoundIntegration integration) => pauses.Left(integration.Id) ?? breakers.Left(integration.Id);

    /// <summary>Asks for one call at the integration's rate, which all nodes share.</summary>
    /// <returns>How long to wait before asking again; <c>null</c>: it may begin now, and is counted.</returns>
    public ValueTask<TimeSpan?> TakeAsync(BoundIntegration integration, CancellationToken cancellationToken)
    {
        if (BlockedFor(integration) is { } left) return new(left);
        return integration.Limits.MaxCallsPerMinute is { } most
            ? new(TakeAtRateAsync(integration, most, cancellationToken))
            : new(breakers.Enter(integration));
    }

    /// <summary>Waits until a durable call finds room among those that run on this node, synchronous ones included; dispose what it answers
    /// when the call has ended.</summary>
    public ValueTask<IDisposable?> PlaceAsync(BoundIntegration integration, CancellationToken cancellationToken) =>
        integration.Limits.MaxConcurrentCalls is { } most
            ? places.TakeAsync(integration.Id, most, Timeout.InfiniteTimeSpan, cancellationToken)
            : new((IDisposable?)null);

    /// <summary>Begins a synchronous call; dispose what it answers when the call has ended.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.RateLimited"/> or <see cref="ProblemCode.ProviderUnavailable"/>, both with
    /// the time to wait and without effect.</exception>
    public ValueTask<IDisposable?> EnterAsync(BoundIntegration integration, CancellationToken cancellationToken)
    {
        if (integration.Limits is not { MaxConcurrentCalls: null, MaxCallsPerMinute: null })
            return EnterLimitedAsync(integration, cancellationToken);
        ThrowIfBlocked(integration);
        return new((IDisposable?)null);
    }

    /// <summary>Tells what came of a call, synchronous or durable: <c>null</c>, it went well.</summary>
    public void Tell(BoundIntegration integration, ProblemException? problem)
    {
        breakers.Tell(integration.Id, problem);
        if (problem is { Code: ProblemCode.RateLimited, RetryAfter: { } wait }) pauses.Pause(integration.Id, wait);
    }

    public void Dispose() => sweeping.Dispose();

    private async Task<TimeSpan?> TakeAtRateAsync(BoundIntegration integration, int most, CancellationToken cancellationToken)
    {
        var turn = await rate.TakeAsync(integration.Id, most, TimeSpan.Zero, cancellationToken);
        return turn.IsGranted ? breakers.Enter(integration) : turn.Wait;
    }

    private async ValueTask<IDisposable?> EnterLimitedAsync(BoundIntegration integration, CancellationToken cancellationToken)
    {
        ThrowIfPaused(integration);
        IDisposable? place = null;
        if (integration.Limits.MaxConcurrentCalls is { } atOnce)
            place = await places.TakeAsync(integration.Id, atOnce, PatienceForPlace, cancellationToken) ?? throw TooManyAtOnce(atOnce);
        try
        {
            if (integration.Limits.MaxCallsPerMinute is { } perMinute)
            {
                var turn = await rate.TakeAsync(integration.Id, perMinute, CallRate.Patience, cancellationToken);
                if (!turn.IsGranted) throw TooManyAMinute(perMinute, turn.Wait);
                if (turn.Wait > TimeSpan.Zero) await Task.Delay(turn.Wait, clock, cancellationToken);
            }

            ThrowIfBlocked(integration); // what others met meanwhile counts
            return place;
        }
        catch
        {
            place?.Dispose();
            throw;
        }
    }

    // The one that may try whether the other side is back is let through by this.
    private void ThrowIfBlocked(BoundIntegration integration)
    {
        ThrowIfPaused(integration);
        if (breakers.Enter(integration) is { } left)
        {
            throw new ProblemException(ProblemCode.ProviderUnavailable,
                $"The other side has failed again and again, so that it is left alone for a while. Nothing was done: try again in {Seconds(left)}.")
            {
                RetryAfter = left,
            };
        }
    }

    private void ThrowIfPaused(BoundIntegration integration)
    {
        if (pauses.Left(integration.Id) is { } left)
        {
            throw new ProblemException(ProblemCode.RateLimited,
                $"The other side has asked not to be called for a while. Nothing was done: try again in {Seconds(left)}.")
            {
                RetryAfter = left,
            };
        }
    }

    private static ProblemException TooManyAtOnce(int most) => new(ProblemCode.RateLimited,
        $"As many calls of this integration run as its limits allow at the same time ({most}). Nothing was done: try again in a moment, or have the limit raised.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    private static ProblemException TooManyAMinute(int most, TimeSpan wait) => new(ProblemCode.RateLimited,
        $"This integration's limits allow {most} calls a minute, and its turn would not come soon. Nothing was done: try again in {Seconds(wait)}, or have the limit raised.")
    {
        RetryAfter = wait,
    };

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds) is > 1 and var many
        ? string.Create(CultureInfo.InvariantCulture, $"{many:0} seconds")
        : "a second";

    private void Sweep()
    {
        pauses.Sweep();
        breakers.Sweep();
    }
}
