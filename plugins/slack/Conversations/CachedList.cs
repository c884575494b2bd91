namespace Vaka.Plugins.Slack.Conversations;

/// <summary>All there is of something, fetched once for all concurrent callers and kept for a while.</summary>
internal sealed class CachedList<T>(Func<SlackClient, CancellationToken, Task<WholeList<T>>> fetch) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private (WholeList<T> List, long At)? held;

    /// <summary>The list, at most so old.</summary>
    public async Task<WholeList<T>> GetAsync(SlackClient client, TimeSpan age, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var clock = client.Context.Clock;
            if (held is { } known && clock.GetElapsedTime(known.At) < age) return known.List;
            var list = await fetch(client, cancellationToken).ConfigureAwait(false);
            held = (list, clock.GetTimestamp());
            return list;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}

/// <summary>A list that was paged through.</summary>
/// <param name="Items">What was found.</param>
/// <param name="IsWhole">Whether that is all of it.</param>
internal sealed record WholeList<T>(IReadOnlyList<T> Items, bool IsWhole);
