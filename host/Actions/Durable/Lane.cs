namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>What one integration has to do on this node, in turn: as many at a time as it may, so that a slow one fills its own lane and no
/// other. Used under the dispatcher's lock.</summary>
internal sealed class Lane(Guid id)
{
    /// <summary>Until an attempt has found what the integration allows.</summary>
    private const int UsuallyAtOnce = 16;

    private const int MostRead = 500;

    private readonly Queue<WorkItem> waiting = new();
    private readonly Queue<WorkItem> returned = new();

    private long lastRead = long.MinValue;
    private int readSize;

    public Guid Id { get; } = id;

    /// <summary>Calls at the same time.</summary>
    public int AtOnce { get; set; } = UsuallyAtOnce;

    public int Running { get; set; }

    /// <summary>Room that is kept for what is just being accepted.</summary>
    public int Reserved { get; set; }

    /// <summary>There may be more of it in the database.</summary>
    public bool MayHaveMore { get; set; }

    public bool IsReading { get; set; }

    /// <summary>It stands in the dispatcher's queue.</summary>
    public bool IsReady { get; set; }

    /// <summary>Nothing of it is begun before this timestamp of the clock.</summary>
    public long BlockedUntil { get; set; } = long.MinValue;

    public int Waiting => waiting.Count + returned.Count;

    public bool CanStart(long now) => Waiting > 0 && Running < AtOnce && now >= BlockedUntil;

    /// <summary>Worth a trip to the database: soon there would be nothing to do.</summary>
    public bool WantsMore => MayHaveMore && !IsReading && Waiting + Reserved <= Math.Max(AtOnce, readSize) / 2;

    public int Room => (AtOnce * 2) - Waiting - Reserved;

    /// <summary>How many to read: more each time that the last read did not last for a moment.</summary>
    public int BeginRead(long now, long frequency)
    {
        var isFast = lastRead != long.MinValue && now - lastRead < frequency / 10;
        lastRead = now;
        readSize = isFast ? Math.Min(readSize * 2, MostRead) : AtOnce * 2;
        return readSize - Waiting - Reserved;
    }

    public bool IsIdle => Running == 0 && Reserved == 0 && Waiting == 0 && !MayHaveMore && !IsReading && !IsReady;

    public void Add(WorkItem item) => waiting.Enqueue(item);

    /// <summary>Puts back what could not be begun, before all that came later.</summary>
    public void Return(WorkItem item) => returned.Enqueue(item);

    public WorkItem Next() => returned.Count > 0 ? returned.Dequeue() : waiting.Dequeue();
}
