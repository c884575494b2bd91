namespace Vaka.Plugins.Host.Access;

/// <summary>Counts what each of many subjects does within a minute of its first time. The memory is bounded: subjects beyond
/// <paramref name="limit"/> share one count.</summary>
internal sealed class MinuteCounter<TSubject>(TimeProvider clock, int limit)
    where TSubject : notnull
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<TSubject, Minute> minutes = [];
    private readonly Queue<TSubject> oldestFirst = new();
    private Minute? others;

    /// <summary>Counts once more.</summary>
    /// <returns>The count within the running minute, and how much of that minute is left.</returns>
    public (int Count, TimeSpan Left) Add(TSubject subject)
    {
        lock (gate)
        {
            // All minutes are equally long, so that they end in the order in which they began.
            while (oldestFirst.TryPeek(out var oldest) && Left(minutes[oldest]) <= TimeSpan.Zero) minutes.Remove(oldestFirst.Dequeue());
            if (!minutes.TryGetValue(subject, out var minute))
            {
                if (minutes.Count < limit)
                {
                    minutes[subject] = minute = new Minute(clock.GetTimestamp());
                    oldestFirst.Enqueue(subject);
                }
                else
                {
                    if (others is null || Left(others) <= TimeSpan.Zero) others = new Minute(clock.GetTimestamp());
                    minute = others;
                }
            }

            minute.Count = Math.Min(minute.Count + 1, int.MaxValue - 1);
            return (minute.Count, Left(minute));
        }
    }

    // By the timestamp, which a change of the wall clock does not move.
    private TimeSpan Left(Minute minute) => Length - clock.GetElapsedTime(minute.Start);

    private sealed class Minute(long start)
    {
        public long Start { get; } = start;

        public int Count { get; set; }
    }
}
