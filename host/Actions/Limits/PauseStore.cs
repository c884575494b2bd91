using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>Pauses as all nodes share them, by the clock that <see cref="HostDbContext.NowAsync"/> goes by.</summary>
internal sealed class PauseStore(IDbContextFactory<HostDbContext> contexts, TimeProvider clock)
{
    /// <summary>Where the other nodes are told.</summary>
    public const string Channel = "vaka_pauses";

    /// <summary>Tells what this node has said itself, and knows, from what the others say.</summary>
    private readonly string self = $"{Guid.NewGuid():N}";

    /// <summary>Keeps the longer one of the pause that is known and this one.</summary>
    public async Task WriteAsync(Guid integration, TimeSpan left)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var now = clock.GetUtcNow();
        await (context.Database.IsNpgsql()
            ? context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO integration_pacing (integration_id, next_call_at, paused_until)
                VALUES ({integration}, clock_timestamp(), clock_timestamp() + {left})
                ON CONFLICT (integration_id) DO UPDATE SET paused_until = excluded.paused_until
                WHERE (integration_pacing.paused_until BETWEEN excluded.paused_until AND clock_timestamp() + {Pauses.Longest}) IS NOT TRUE
                """)
            : context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO integration_pacing (integration_id, next_call_at, paused_until)
                VALUES ({SqliteHostDbContext.Text(integration)}, {SqliteHostDbContext.Text(now)}, {SqliteHostDbContext.Text(now + left)})
                ON CONFLICT (integration_id) DO UPDATE SET paused_until = excluded.paused_until
                WHERE (integration_pacing.paused_until BETWEEN excluded.paused_until AND {SqliteHostDbContext.Text(now + Pauses.Longest)}) IS NOT TRUE
                """));
        await TellAsync(context, integration, left);
    }

    public async Task LiftAsync(Guid integration)
    {
        await using var context = await contexts.CreateDbContextAsync();
        await context.Set<IntegrationPacing>().Where(row => row.IntegrationId == integration && row.PausedUntil != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.PausedUntil, (DateTimeOffset?)null));
        await TellAsync(context, integration, TimeSpan.Zero);
    }

    /// <summary>Those that are not over.</summary>
    public async Task<IReadOnlyList<Pause>> ReadAsync()
    {
        await using var context = await contexts.CreateDbContextAsync();
        var now = await context.NowAsync(clock, CancellationToken.None);
        var rows = await context.Set<IntegrationPacing>().AsNoTracking().Where(row => row.PausedUntil > now).ToListAsync();
        return rows.ConvertAll(row => new Pause(row.IntegrationId, row.PausedUntil!.Value - now)); // as was asked for
    }

    /// <summary>What another node has told; <c>null</c>: this one has said it, or a process of another version says it in other words.</summary>
    public Pause? Read(string payload) =>
        payload.Split(' ') is [var id, var left, var node] && node != self && Guid.TryParse(id, out var integration)
        && long.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? new Pause(integration, TimeSpan.FromMilliseconds(Math.Min(milliseconds, (long)Pauses.Longest.TotalMilliseconds)))
            : null;

    // An embedded database has one process.
    private Task TellAsync(HostDbContext context, Guid integration, TimeSpan left) => context.Database.IsNpgsql()
        ? context.NotifyAsync(Channel, string.Create(CultureInfo.InvariantCulture, $"{integration:D} {(long)left.TotalMilliseconds} {self}"), CancellationToken.None)
        : Task.CompletedTask;
}

/// <summary>An integration that is to be left alone; nothing left: no more.</summary>
internal readonly record struct Pause(Guid Integration, TimeSpan Left);
