using System.Collections.Concurrent;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>The answers of one tenant and type: the one for the default, and those by name.</summary>
internal sealed class ResolutionSlot(long epoch, PlatformVersion platform, LoadedPlugin? plugin)
{
    // Names come from callers: one of them must not fill the cache of all.
    private const int MostNames = 4_096;

    private readonly long platformVersion = platform.Value;
    private readonly Cell unnamed = new();
    private ConcurrentDictionary<string, Cell>? named;
    private int names;
    private bool isTouched;

    public int Size => 1 + Volatile.Read(ref names);

    public bool IsCurrent(long currentEpoch, LoadedPlugin? currentPlugin) =>
        epoch == currentEpoch && platformVersion == platform.Value && ReferenceEquals(plugin, currentPlugin);

    public Cell? Find(string? name)
    {
        if (!isTouched) isTouched = true;
        if (name is null) return unnamed;
        return Volatile.Read(ref named) is { } byName && byName.TryGetValue(name, out var cell) ? cell : null;
    }

    public Cell CellOf(string? name, ref int count)
    {
        if (Find(name) is { } found) return found;
        var byName = Volatile.Read(ref named);
        if (byName is null || names >= MostNames)
        {
            byName = new ConcurrentDictionary<string, Cell>(StringComparer.Ordinal);
            Interlocked.Add(ref count, -Interlocked.Exchange(ref names, 0));
            Volatile.Write(ref named, byName);
        }

        var added = new Cell();
        var cell = byName.GetOrAdd(name!, added); // null was found above
        if (ReferenceEquals(cell, added))
        {
            Interlocked.Increment(ref names);
            Interlocked.Increment(ref count);
        }

        return cell;
    }

    public bool TakeTouched()
    {
        var was = isTouched;
        isTouched = false;
        return was;
    }

    /// <summary>One answer and the reading of it.</summary>
    internal sealed class Cell
    {
        private readonly Lock gate = new();
        private volatile Answer? answer;
        private Task<Answer>? pending;
        private long pendingSince;

        public Answer? Answer => answer;

        /// <summary>Reads, or joins a reading that began less than <paramref name="joinTicks"/> ago.</summary>
        public Task<Answer> FillAsync(Func<Task<Explanation>> read, TimeProvider clock, long joinTicks)
        {
            var now = clock.GetTimestamp();
            Task<Task<Answer>> reading;
            Task<Answer> filled;
            lock (gate)
            {
                if (pending is { IsCompleted: false } && now - pendingSince <= joinTicks) return pending;
                pendingSince = now;
                reading = new Task<Task<Answer>>(() => ReadAsync(read, now));
                pending = filled = reading.Unwrap();
            }

            // Outside the lock, and on the caller's thread: SQLite answers at once, and a hop to another would cost as much.
            reading.RunSynchronously(TaskScheduler.Default);
            return filled;
        }

        private async Task<Answer> ReadAsync(Func<Task<Explanation>> read, long readAt)
        {
            var fresh = new Answer(await read(), readAt);
            lock (gate)
            {
                if (answer is null || answer.ReadAt <= readAt) answer = fresh;
            }

            return fresh;
        }
    }
}

/// <summary>What a reading gave.</summary>
/// <param name="Explanation">The answer.</param>
/// <param name="ReadAt">Timestamp from before the reading.</param>
internal sealed record Answer(Explanation Explanation, long ReadAt);

/// <summary>Counts the changes of the platform-wide rows of one type.</summary>
internal sealed class PlatformVersion
{
    private long value;

    public long Value => Volatile.Read(ref value);

    public void Raise() => Interlocked.Increment(ref value);
}
