using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Keys that stand for nothing any more. They are found by the ids of their executions, which are as old as they are.</summary>
internal sealed class OldIdempotencyKeys : AgingRecords
{
    public override string Name => "IdempotencyKeys";

    public override int DefaultDays => KeyedInsert.Lifetime.Days;

    public override bool IsFixed => true;

    public override IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until) => Over(database, until)
        .Where(key => key.ExecutionId.CompareTo(after) > 0 && key.ExecutionId.CompareTo(before) < 0).Select(key => key.ExecutionId);

    public override Task<int> DeleteAsync(
        HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken) =>
        Over(database, until).Where(key => ids.Contains(key.ExecutionId)).ExecuteDeleteAsync(cancellationToken);

    private static IQueryable<IdempotencyKey> Over(HostDbContext database, DateTimeOffset until) =>
        database.Set<IdempotencyKey>().Where(key => key.CreatedAt < until);
}
