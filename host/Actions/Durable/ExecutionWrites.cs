using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Writes the steps of all durable executions of this node, many in one transaction. Every later step carries the fence under which
/// the execution was taken: what somebody else has taken over, cancelled or replayed is not overwritten.</summary>
internal sealed class ExecutionWrites : IAsyncDisposable
{
    private readonly IDbContextFactory<HostDbContext> databases;
    private readonly NodeLease node;
    private readonly TimeProvider clock;
    private readonly GroupWriter<ExecutionWrite, bool> writer;

    public ExecutionWrites(IDbContextFactory<HostDbContext> databases, NodeLease node, TimeProvider clock)
    {
        (this.databases, this.node, this.clock) = (databases, node, clock);
        writer = new GroupWriter<ExecutionWrite, bool>(WriteAsync);
    }

    /// <summary>Ends when it is committed.</summary>
    /// <returns>Whether the execution was still this node's.</returns>
    public Task<bool> WriteAsync(ExecutionWrite write) => CallTrace.IsOn ? CallTrace.StoreAsync(writer.WriteAsync(write)) : writer.WriteAsync(write);

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private async Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ExecutionWrite> batch)
    {
        await using var database = await databases.CreateDbContextAsync();
        await database.Database.OpenConnectionAsync();
        var accepted = batch.OfType<AcceptWrite>().Select(write => write.Row).ToList();
        var starts = batch.OfType<StartWrite>().ToList();
        var ends = batch.OfType<EndWrite>().ToList();
        var written = database.Database.IsNpgsql()
            ? await PostgresExecutionWrites.WriteAsync(database, node.Id, accepted, starts, ends)
            : SqliteExecutionWrites.Write(database, node.Id, clock.GetUtcNow(), accepted, starts, ends);
        return [.. batch.Select(write => write switch
        {
            StartWrite start => written.Contains(start.Item.Id),
            EndWrite end => written.Contains(end.Item.Id),
            _ => true,
        })];
    }
}
