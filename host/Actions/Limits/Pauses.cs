using System.Collections.Concurrent;
using System.Threading.Channels;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>Integrations whose other side has asked to wait, on all nodes: known here at once, written behind the call's back, and told to the
/// other nodes. A change by an admin ends a pause: what was asked of the old config need not hold for the new one.</summary>
/// <remarks>What is left of a pause is what travels, and never a time of day: the nodes' clocks disagree.</remarks>
internal sealed partial class Pauses : BackgroundService, IFeedListener
{
    /// <summary>Nobody is made to wait longer, whatever the other side asks.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A pause that grows by less is not written again: calls that ran at the same time are all told to wait.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, long> until = new();
    private readonly Channel<Work> waiting = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PauseStore store;
    private readonly TimeProvider clock;
    private readonly ILogger<Pauses> log;
    private volatile bool isStopping;

    public Pauses(PauseStore store, IntegrationChanges changes, TimeProvider clock, ILogger<Pauses> log)
    {
        (this.store, this.clock, this.log) = (store, clock, log);
        changes.Subscribe(change =>
        {
            if (!change.IsEcho && until.TryRemove(change.IntegrationId, out _)) waiting.Writer.TryWrite(new Work(Act.Lift, change.IntegrationId));
        });
    }

    private enum Act
    {
        Write,
        Lift,
        ReadBack,
    }

    string IFeedListener.Channel => PauseStore.Channel;

    /// <summary>How long the integration is not to be called; <c>null</c>: it may be. Allocates nothing and takes no lock.</summary>
    public TimeSpan? Left(Guid integration)
    {
        if (!until.TryGetValue(integration, out var end)) return null;
        var now = clock.GetTimestamp();
        return now < end ? clock.GetElapsedTime(now, end) : null;
    }

    public void Pause(Guid integration, TimeSpan wait)
    {
        if (wait > TimeSpan.Zero && Extend(integration, wait) > Step) waiting.Writer.TryWrite(new Work(Act.Write, integration));
    }

    public void Hear(string payload)
    {
        if (store.Read(payload) is not { } news) return;
        if (news.Left > TimeSpan.Zero) Extend(news.Integration, news.Left);
        else until.TryRemove(news.Integration, out _);
    }

    public void CatchUp() => waiting.Writer.TryWrite(new Work(Act.ReadBack, Guid.Empty));

    /// <summary>Forgets those that are over.</summary>
    public void Sweep()
    {
        var now = clock.GetTimestamp();
        foreach (var entry in until)
        {
            if (entry.Value <= now) until.TryRemove(entry);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was asked is written before the host goes, or the next one would not know.
        isStopping = true;
        waiting.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var work in waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            while (!await TryAsync(work))
            {
                if (isStopping) return;
                await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> TryAsync(Work work)
    {
        try
        {
            await (work.Act switch
            {
                Act.Write => WriteAsync(work.Integration),
                Act.Lift => LiftAsync(work.Integration),
                Act.ReadBack => ReadBackAsync(),
            });
        }
        catch (Exception refusal) when (DatabaseFault.IsRefusal(refusal))
        {
            // The integration was deleted.
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogAway(fault);
            return false;
        }

        return true;
    }

    private async Task WriteAsync(Guid integration)
    {
        if (Left(integration) is { } left) await store.WriteAsync(integration, left);
    }

    private async Task LiftAsync(Guid integration)
    {
        await store.LiftAsync(integration);
        until.TryRemove(integration, out _); // read back meanwhile
    }

    private async Task ReadBackAsync()
    {
        foreach (var pause in await store.ReadAsync()) Extend(pause.Integration, pause.Left);
    }

    /// <returns>By how much it grew.</returns>
    private TimeSpan Extend(Guid integration, TimeSpan wait)
    {
        var now = clock.GetTimestamp();
        var end = now + (long)((wait < Longest ? wait : Longest).TotalSeconds * clock.TimestampFrequency);
        var before = until.TryGetValue(integration, out var known) ? Math.Max(known, now) : now;
        if (end <= before) return TimeSpan.Zero;
        until.AddOrUpdate(integration, end, (_, other) => Math.Max(other, end));
        return clock.GetElapsedTime(before, end);
    }

    private readonly record struct Work(Act Act, Guid Integration);

    [LoggerMessage(LogLevel.Warning, "The database does not take or tell which integrations are to be left alone for a while; it is tried again")]
    private partial void LogAway(Exception fault);
}
