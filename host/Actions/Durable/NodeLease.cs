using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>This host's sign of life. What it has taken is its own while the lease holds, by the database's clock for the others and by its
/// own for itself; a host that cannot renew it begins nothing.</summary>
internal sealed partial class NodeLease(
    IDbContextFactory<HostDbContext> databases, DurableOptions options, TimeProvider clock, ILogger<NodeLease> log) : BackgroundService, IHostNode
{
    private static readonly string MachineName = Environment.MachineName is { Length: <= 200 } name ? name : "host";

    private readonly Lock gate = new();
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private long holdsUntil = long.MinValue;
    private long heldSince = long.MaxValue;
    private DateTimeOffset databaseTime;
    private long databaseTimeAt;

    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>What was taken is still this host's own.</summary>
    public bool Holds => clock.GetTimestamp() < Volatile.Read(ref holdsUntil);

    /// <summary>It has held for so long without a break that whoever has not given a sign of life meanwhile is gone, and was not merely cut
    /// off from the same database.</summary>
    public bool MayJudge => Holds && clock.GetElapsedTime(Volatile.Read(ref heldSince)) >= options.Lease;

    /// <summary>The database's time, as far as it is known here.</summary>
    public DateTimeOffset DatabaseTime
    {
        get
        {
            lock (gate) return databaseTime + clock.GetElapsedTime(databaseTimeAt);
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryRenewAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await database.Set<HostNode>().Where(node => node.Id == Id).ExecuteDeleteAsync(cancellationToken);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotEnded(fault); // it runs out by itself
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.Lease / 4;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested) await TryRenewAsync(stoppingToken);
        }
    }

    private async Task TryRenewAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var now = await database.NowAsync(clock, cancellationToken);
            var until = now + options.Lease;
            var renewed = await database.Set<HostNode>().Where(node => node.Id == Id)
                .ExecuteUpdateAsync(set => set.SetProperty(node => node.LeaseUntil, until), cancellationToken);
            if (renewed == 0)
            {
                database.Add(new HostNode { Id = Id, Name = MachineName, StartedAt = startedAt, LeaseUntil = until });
                await database.SaveChangesAsync(cancellationToken);
            }

            var hadLapsed = !Holds;
            lock (gate) (databaseTime, databaseTimeAt) = (now, begun);

            // Counted from before the question, and a little less than the others count.
            Volatile.Write(ref holdsUntil, begun + (long)(options.Lease.TotalSeconds * 0.9 * clock.TimestampFrequency));
            if (hadLapsed || renewed == 0) Volatile.Write(ref heldSince, begun);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotRenewed(fault);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host goes.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database did not take this host's sign of life; no durable execution is begun until it does")]
    private partial void LogNotRenewed(Exception fault);

    [LoggerMessage(LogLevel.Warning, "This host could not sign off at the database; the others take over what it had taken when its lease has run out")]
    private partial void LogNotEnded(Exception fault);
}
