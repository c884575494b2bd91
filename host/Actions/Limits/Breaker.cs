using Polly;
using Polly.CircuitBreaker;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>Leaves an integration alone for a while when nearly all of its calls found the other side away, and then lets one of them try.</summary>
/// <remarks>When it opens is for Polly to judge. What follows is decided here: a call is begun in one place and told of in another, often after
/// it has waited its turn in between, so that it cannot run inside the pipeline.</remarks>
internal sealed class Breaker
{
    /// <summary>How long it is left alone.</summary>
    public static readonly TimeSpan BreakSpan = TimeSpan.FromSeconds(15);

    /// <summary>How far it looks back.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>Fewer calls than these tell nothing.</summary>
    public const int FewestCalls = 20;

    private const double FailureRatio = 0.9;

    private static readonly TimeSpan WhileTried = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly ResiliencePipeline<bool> pipeline;
    private long lastTold;
    private long lastFailure;
    private long openUntil;
    private long triedUntil;

    public Breaker(TimeProvider clock)
    {
        this.clock = clock;
        lastTold = lastFailure = clock.GetTimestamp();
        pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = clock }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
        {
            FailureRatio = FailureRatio,
            MinimumThroughput = FewestCalls,
            SamplingDuration = Window,
            BreakDuration = BreakSpan,
            ShouldHandle = outcome => ValueTask.FromResult(!outcome.Outcome.Result),
            StateProvider = state,
        }).Build();
    }

    /// <summary>Nobody told anything for longer than it looks back.</summary>
    public bool IsIdle => clock.GetElapsedTime(Volatile.Read(ref lastTold)) > Window + BreakSpan;

    /// <summary>How long the integration is not to be called; <c>null</c>: it may be. Takes no lock.</summary>
    public TimeSpan? Left()
    {
        var open = Volatile.Read(ref openUntil);
        if (open == 0) return null;
        var now = clock.GetTimestamp();
        return now < open ? clock.GetElapsedTime(now, open) : now < Volatile.Read(ref triedUntil) ? WhileTried : null;
    }

    /// <summary>The same; after the time has passed, the first who asks may try, and the others wait for what comes of it.</summary>
    /// <param name="longest">A call that tells nothing for so long is given up.</param>
    public TimeSpan? Enter(TimeSpan longest)
    {
        if (Volatile.Read(ref openUntil) == 0) return null;
        lock (gate)
        {
            if (Left() is { } left) return left;
            if (openUntil != 0) triedUntil = After(longest);
            return null;
        }
    }

    /// <param name="isThere">Whether the other side is; <c>null</c>: the call does not tell.</param>
    /// <returns>Whether there is nothing left to remember.</returns>
    public bool Tell(bool? isThere)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            Volatile.Write(ref lastTold, now);
            if (openUntil != 0) return TellOpen(isThere, now);
            if (isThere is null) return false;
            if (isThere is false) lastFailure = now;
            pipeline.Execute(static answer => answer, isThere.Value);
            if (state.CircuitState is CircuitState.Open) Volatile.Write(ref openUntil, After(BreakSpan));
            return clock.GetElapsedTime(lastFailure, now) > Window;
        }
    }

    // Calls that began before it opened still come in; only what was tried since counts, except for good news.
    private bool TellOpen(bool? isThere, long now)
    {
        if (isThere is true && now >= openUntil) return true;
        if (triedUntil == 0 || now < openUntil) return false;
        if (isThere is false) Volatile.Write(ref openUntil, After(BreakSpan));
        Volatile.Write(ref triedUntil, 0);
        return false;
    }

    private long After(TimeSpan time) => clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency);
}
