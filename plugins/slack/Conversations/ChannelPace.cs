namespace Vaka.Plugins.Slack.Conversations;

/// <summary>Slack takes about one message a second for each channel. A message whose turn comes within a second waits for it; a later one is
/// sent back with the time to wait, so that no call hangs and the host can plan.</summary>
internal sealed class ChannelPace
{
    private const int ManyChannels = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> free = new(StringComparer.Ordinal);

    public static ValueTask<ChannelPace> OfAsync(IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync("pace", (_, _) => ValueTask.FromResult(new ChannelPace()), cancellationToken);

    /// <exception cref="IntegrationException">Others are before it; nothing was sent.</exception>
    public async Task TakeTurnAsync(string channel, TimeProvider clock, CancellationToken cancellationToken)
    {
        var wait = Reserve(channel, clock.GetUtcNow());
        if (wait > Interval)
        {
            throw new IntegrationException(
                FailureKind.RateLimited, "Slack takes about one message a second for each channel, and others are before this one. Try again later.")
            {
                Effect = Effect.None, RetryAfter = wait,
            };
        }

        if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
    }

    // More than an interval is no reservation.
    private TimeSpan Reserve(string channel, DateTimeOffset now)
    {
        lock (gate)
        {
            if (free.Count > ManyChannels)
            {
                foreach (var (past, at) in free.ToArray())
                {
                    if (at <= now) free.Remove(past);
                }
            }

            var turn = free.TryGetValue(channel, out var next) && next > now ? next : now;
            if (turn - now <= Interval) free[channel] = turn + Interval;
            return turn - now;
        }
    }
}
