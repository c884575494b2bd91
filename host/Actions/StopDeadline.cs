using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What becomes of calls while the host stops: new ones are refused, those that run may end, and are cancelled shortly before the host's
/// time to stop (<see cref="HostOptions.ShutdownTimeout"/>) is over, so that what came of them can still be answered and recorded.</summary>
internal sealed class StopDeadline : IDisposable
{
    /// <summary>Left of the time to stop once calls are cancelled.</summary>
    public static readonly TimeSpan Reserve = TimeSpan.FromSeconds(5);

    private readonly IHostApplicationLifetime lifetime;
    private readonly CancellationTokenSource reached;
    private readonly CancellationTokenSource givenUp;

    public StopDeadline(IHostApplicationLifetime lifetime, IOptions<HostOptions> options, TimeProvider clock)
    {
        this.lifetime = lifetime;
        reached = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        givenUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        var time = options.Value.ShutdownTimeout - Reserve;
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        lifetime.ApplicationStopping.Register(() =>
        {
            reached.CancelAfter(time);
            givenUp.CancelAfter(time + CallTimeout.Grace);
        });
    }

    /// <summary>Calls that still run are to end now.</summary>
    public CancellationToken Reached => reached.Token;

    /// <summary>Those that have not are left behind.</summary>
    public CancellationToken GivenUp => givenUp.Token;

    /// <exception cref="ProblemException"><see cref="ProblemCode.HostStopping"/>.</exception>
    public void RefuseNew()
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested) return;
        throw new ProblemException(ProblemCode.HostStopping, "The host stops and takes no more calls. Nothing was done: try again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
    }

    public void Dispose()
    {
        reached.Dispose();
        givenUp.Dispose();
    }
}
