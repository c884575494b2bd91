namespace Vaka.Plugins.Host.Data.Retention;

/// <summary>Records that are kept for a number of days. A room contributes one for each kind of its own: their ids are UUIDv7, so that the
/// primary key finds the old ones.</summary>
internal abstract class AgingRecords
{
    /// <summary>What they are called in the log and, with <c>Days</c>, in the section <c>Retention</c>: <c>Executions</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How long they are kept unless the operator says otherwise.</summary>
    public abstract int DefaultDays { get; }

    /// <summary>The operator has no say: how long they are kept is promised to callers.</summary>
    public virtual bool IsFixed => false;

    /// <summary>The ids of those with an id between the two, neither included, that are over and done with since before <paramref name="until"/>.</summary>
    public abstract IQueryable<Guid> Ids(HostDbContext database, Guid after, Guid before, DateTimeOffset until);

    /// <summary>Deletes those of a few, with all that hangs on them, that are still over and done with. Runs in a transaction.</summary>
    /// <returns>How many there were.</returns>
    public abstract Task<int> DeleteAsync(HostDbContext database, IReadOnlyList<Guid> ids, DateTimeOffset until, CancellationToken cancellationToken);
}
