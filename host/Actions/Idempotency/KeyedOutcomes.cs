using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Writes what came of calls under a key, before their callers are told so that a repeated one finds it. What the database does not
/// take then is written later: the call has been made, and its caller is not to wait for that.</summary>
internal sealed partial class KeyedOutcomes(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<KeyedOutcomes> log)
    : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Without a bound: while the database takes nothing no call under a key begins, so that only those wait that ran when it went away.
    private readonly Channel<KeyedOutcome> waiting = Channel.CreateUnbounded<KeyedOutcome>(new UnboundedChannelOptions { SingleReader = true });

    private volatile bool isStopping;

    /// <summary>Writes it now or, where the database cannot, as soon as it can.</summary>
    public async Task SettleAsync(KeyedOutcome outcome)
    {
        if (!await TryWriteAsync(outcome)) SettleLater(outcome);
    }

    /// <summary>Writes it as soon as the database can.</summary>
    public void SettleLater(KeyedOutcome outcome)
    {
        if (!waiting.Writer.TryWrite(outcome)) LogGivenUp(outcome.Execution.Id);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        waiting.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var outcome in waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            while (!await TryWriteAsync(outcome))
            {
                if (isStopping)
                {
                    // Others find that this host is gone, and that nobody knows what came of it.
                    LogGivenUp(outcome.Execution.Id);
                    break;
                }

                await Task.Delay(RetryAfter, clock, CancellationToken.None);
            }
        }
    }

    private async Task<bool> TryWriteAsync(KeyedOutcome outcome)
    {
        try
        {
            await WriteAsync(outcome);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            if (DatabaseFault.IsRefusal(fault)) LogRefused(fault, outcome.Execution.Id);
            else LogNotWritten(fault, outcome.Execution.Id);
            return DatabaseFault.IsRefusal(fault);
        }

        return true;
    }

    private async Task WriteAsync(KeyedOutcome outcome)
    {
        var ended = outcome.Execution;
        await using var database = await databases.CreateDbContextAsync();
        await using var transaction = await database.Database.BeginTransactionAsync();
        var written = await database.Set<Execution>()
            .Where(row => row.Id == ended.Id && row.Fence == outcome.Fence && row.LeasedBy == outcome.Node && row.State == ExecutionState.Running)
            .ExecuteUpdateAsync(set => set
                .SetProperty(row => row.State, ended.State)
                .SetProperty(row => row.Output, ended.Output)
                .SetProperty(row => row.ErrorCode, ended.ErrorCode)
                .SetProperty(row => row.ErrorMessage, ended.ErrorMessage)
                .SetProperty(row => row.FailureKind, ended.FailureKind)
                .SetProperty(row => row.FinishedAt, ended.FinishedAt)
                .SetProperty(row => row.DurationMs, ended.DurationMs)
                .SetProperty(row => row.LeasedBy, (Guid?)null));
        if (written == 0) return; // it was written although nobody was told so; or the row was taken away, and is not this host's any more
        var key = database.Set<IdempotencyKey>().Where(row => row.Scope == outcome.Claim.Scope && row.ExecutionId == ended.Id);
        await (outcome.ReleasesKey
            ? key.ExecuteDeleteAsync()
            : key.ExecuteUpdateAsync(set => set.SetProperty(row => row.Answer, outcome.Answer)));
        await transaction.CommitAsync();
    }

    [LoggerMessage(LogLevel.Error, "What came of execution {Id} could not be written; trying again")]
    private partial void LogNotWritten(Exception fault, Guid id);

    [LoggerMessage(LogLevel.Error, "What came of execution {Id} is left out: the database will not take it")]
    private partial void LogRefused(Exception fault, Guid id);

    [LoggerMessage(LogLevel.Error, "What came of execution {Id} was not written before the host stopped")]
    private partial void LogGivenUp(Guid id);
}

/// <summary>What came of a call under a key.</summary>
/// <param name="Claim">Its key.</param>
/// <param name="Execution">Its row as it should be.</param>
/// <param name="Node">Who ran it.</param>
/// <param name="Fence">Under which it was run.</param>
/// <param name="Answer">What a repeated call is answered, encrypted; <c>null</c>: that is not kept.</param>
/// <param name="ReleasesKey">Nothing was done: the same call may be made again.</param>
internal sealed record KeyedOutcome(KeyClaim Claim, Execution Execution, Guid Node, int Fence, string? Answer, bool ReleasesKey);
