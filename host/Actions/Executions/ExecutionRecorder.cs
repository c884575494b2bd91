using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>Writes the records of synchronous runs in batches behind the callers' backs. An id may be unknown for a moment, and the last
/// moments before a crash may be missing: whoever needs more asks for a durable execution.</summary>
internal sealed partial class ExecutionRecorder(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<ExecutionRecorder> log)
    : BackgroundService
{
    private const int BatchSize = 1_000;

    /// <summary>How long the first record of a batch waits for others. A batch is a transaction, and each one a trip to the disk.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // What a run knows when it has ended; the rest is of durable ones.
    private static readonly HashSet<string> Columns =
    [
        nameof(Execution.Id), nameof(Execution.TenantId), nameof(Execution.IntegrationId), nameof(Execution.IntegrationType), nameof(Execution.Action),
        nameof(Execution.State), nameof(Execution.Caller), nameof(Execution.Input), nameof(Execution.Output), nameof(Execution.Steps),
        nameof(Execution.ErrorCode), nameof(Execution.ErrorMessage), nameof(Execution.FailureKind), nameof(Execution.CreatedAt), nameof(Execution.FinishedAt),
        nameof(Execution.DurationMs),
    ];

    // Full means that the database does not keep up: callers then wait here rather than the memory filling.
    private readonly Channel<ExecutionRecord> waiting =
        Channel.CreateBounded<ExecutionRecord>(new BoundedChannelOptions(10_000) { SingleReader = true });

    private volatile bool isAway;
    private int leftOut;

    public ValueTask RecordAsync(ExecutionRecord record, CancellationToken cancellationToken) =>
        waiting.Writer.TryWrite(record) ? ValueTask.CompletedTask : new ValueTask(WaitForRoomAsync(record, cancellationToken));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was taken is written before the host goes.
        waiting.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    // For a slow database it is worth waiting. One that takes nothing must not hold up calls that have been made.
    private async Task WaitForRoomAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        while (!isAway)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(RetryAfter);
            try
            {
                await waiting.Writer.WriteAsync(record, limit.Token);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // look again whether waiting is any use
            }
        }

        Interlocked.Increment(ref leftOut);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Execution>(BatchSize);
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (waiting.Reader.Count < BatchSize) await Task.Delay(Gathering, clock, CancellationToken.None);
            Mask(batch);
            while (!await TryWriteAsync(batch))
            {
                // A host that goes while its database is away gives these records up; it said so in the log.
                if (waiting.Reader.Completion.IsCompleted || stoppingToken.IsCancellationRequested) return;
                await Task.Delay(RetryAfter, clock, CancellationToken.None);
            }

            batch.Clear();
        }
    }

    private async Task<bool> TryWriteAsync(IReadOnlyList<Execution> batch)
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync();
            await BulkInsert<Execution>.WriteAsync(database, batch, Columns, CancellationToken.None);
        }
        catch (Exception refusal) when (DatabaseFault.IsRefusal(refusal))
        {
            return await TryWriteOneByOneAsync(batch, refusal);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            isAway = true;
            LogNotWritten(fault, batch.Count);
            return false;
        }

        isAway = false;
        if (Interlocked.Exchange(ref leftOut, 0) is > 0 and var count) LogLeftOut(count);
        return true;
    }

    // A record that can never be written must not keep back the others.
    private async Task<bool> TryWriteOneByOneAsync(IReadOnlyList<Execution> batch, Exception refusal)
    {
        if (batch is [var refused])
        {
            LogRefused(refusal, refused.Id);
            return true;
        }

        foreach (var execution in batch)
        {
            if (!await TryWriteAsync([execution])) return false;
        }

        return true;
    }

    private void Mask(List<Execution> batch)
    {
        while (batch.Count < BatchSize && waiting.Reader.TryRead(out var record))
        {
            var execution = record.Execution;
            execution.Input = RecordText.Masked(record.Input, record.InputJson.Span);
            execution.Output = record.Output is null ? null : RecordText.Masked(record.Output, record.OutputJson.Span);
            execution.ErrorMessage = RecordText.Storable(execution.ErrorMessage);
            batch.Add(execution);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} execution records could not be written; trying again")]
    private partial void LogNotWritten(Exception fault, int count);

    [LoggerMessage(LogLevel.Error, "The record of execution {Id} is left out: the database will not take it")]
    private partial void LogRefused(Exception fault, Guid id);

    [LoggerMessage(LogLevel.Error, "{Count} execution records were left out while the database took none and no more could wait")]
    private partial void LogLeftOut(int count);
}
