using MailKit;

namespace Vaka.Plugins.Smtp.Connections;

/// <summary>The open connections of one integration: a few at a time, used again while the server keeps them.</summary>
internal sealed class SmtpPool : IAsyncDisposable
{
    private const int MaxConnections = 4;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly TimeProvider clock;
    private readonly SemaphoreSlim slots = new(MaxConnections, MaxConnections);
    private readonly Stack<SmtpConnection> idle = new(MaxConnections);
    private readonly ITimer sweeper;
    private bool sweeping;
    private bool disposed;

    public SmtpPool(ResourceScope scope)
    {
        (clock, Network) = (scope.Clock, scope.Network);
        sweeper = clock.CreateTimer(_ => CloseIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What its connections are opened with: they outlive the call that opens them.</summary>
    public IOutboundNetwork Network { get; }

    /// <summary>Waits for a free place, then answers a connection that works, or opens one. It must be given back.</summary>
    /// <param name="open">Opens a connection.</param>
    /// <param name="fresh">Only a new one will do.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<SmtpConnection> RentAsync(
        Func<CancellationToken, Task<SmtpConnection>> open, bool fresh, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!fresh && TakeIdle() is { } connection)
            {
                if (clock.GetElapsedTime(connection.IdleSince) <= AskAfter
                    || await AnswersAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    return connection;
                }

                connection.Dispose();
            }

            return await open(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            slots.Release();
            throw;
        }
    }

    /// <summary>Gives a connection back, to be used again or, when it is broken or worn, closed.</summary>
    public void Return(SmtpConnection connection)
    {
        connection.IdleSince = clock.GetTimestamp();
        var keep = connection is { IsConnected: true, IsSpent: false };
        lock (idle)
        {
            keep &= !disposed;
            if (keep)
            {
                idle.Push(connection);
                if (!sweeping)
                {
                    sweeping = true;
                    sweeper.Change(IdleLimit, Timeout.InfiniteTimeSpan);
                }
            }
        }

        slots.Release();
        if (!keep)
        {
            _ = CloseAsync(connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        SmtpConnection[] open;
        lock (idle)
        {
            disposed = true;
            open = [.. idle];
            idle.Clear();
        }

        await sweeper.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(open.Select(CloseAsync)).ConfigureAwait(false);
    }

    private SmtpConnection? TakeIdle()
    {
        lock (idle)
        {
            return idle.TryPop(out var connection) ? connection : null;
        }
    }

    private void CloseIdle()
    {
        List<SmtpConnection> old = [];
        lock (idle)
        {
            if (disposed)
            {
                return;
            }

            var kept = idle.Where(connection => clock.GetElapsedTime(connection.IdleSince) < IdleLimit).Reverse().ToArray();
            old.AddRange(idle.Except(kept));
            idle.Clear();
            foreach (var connection in kept)
            {
                idle.Push(connection);
            }

            sweeping = kept.Length > 0;
            if (sweeping)
            {
                var next = kept.Min(connection => IdleLimit - clock.GetElapsedTime(connection.IdleSince));
                sweeper.Change(next > TimeSpan.FromSeconds(1) ? next : TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            }
        }

        old.ForEach(connection => _ = CloseAsync(connection));
    }

    // A connection that lies still for long may have been cut off silently on the way, so the answer is not waited for long either.
    private async Task<bool> AnswersAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await connection.NoOpAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (HasGone(exception) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task CloseAsync(SmtpConnection connection)
    {
        using (connection)
        using (var limit = new CancellationTokenSource(AnswerLimit, clock))
        {
            try
            {
                await connection.DisconnectAsync(quit: true, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (HasGone(exception))
            {
                // Saying goodbye is a courtesy.
            }
        }
    }

    private static bool HasGone(Exception exception) =>
        exception is IOException or ProtocolException or CommandException or OperationCanceledException;
}
