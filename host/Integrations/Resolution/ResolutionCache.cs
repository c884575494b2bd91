using System.Collections.Concurrent;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Remembers what resolutions came to, refusals included, and forgets at once what a change touches.</summary>
/// <remarks>
/// <para>There is one slot per tenant and type. It notes what it was made under: the platform's version of that type (the answer depends on
/// platform-wide rows too, even on absent ones), the loaded plugin, and the epoch of the whole cache. A change takes the tenant's slot
/// away or raises the platform's version. A fill puts its answer into the slot that it got before it began to read, so an answer that was
/// overtaken by a change ends in a slot that nobody finds any more.</para>
/// <para>A dictionary of our own and not MemoryCache: a lookup there allocates its key, and every hit writes to the entry.</para>
/// </remarks>
internal sealed class ResolutionCache
{
    /// <summary>How long an answer may be used while nobody can say that it still holds. Less than the second within which a revoked
    /// secret must be out of use everywhere.</summary>
    public static readonly TimeSpan TrustSpan = TimeSpan.FromMilliseconds(900);

    private const int Attempts = 3;
    private static readonly TimeSpan TransientSpan = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SlotKey, ResolutionSlot> slots = new();
    private readonly ConcurrentDictionary<string, PlatformVersion> platform = new(StringComparer.Ordinal);
    private readonly TimeProvider clock;
    private readonly int capacity;
    private readonly long trustTicks;
    private readonly long transientTicks;
    private long trustedUntil = long.MinValue;
    private long epoch;
    private int count;
    private int isSweeping;

    public ResolutionCache(IntegrationChanges changes, TimeProvider clock, int capacity = 100_000)
    {
        (this.clock, this.capacity) = (clock, capacity);
        trustTicks = (long)(TrustSpan.TotalSeconds * clock.TimestampFrequency);
        transientTicks = (long)(TransientSpan.TotalSeconds * clock.TimestampFrequency);
        changes.Subscribe(Forget);
    }

    /// <summary>Number of entries, roughly.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>How often everything was forgotten.</summary>
    public long Epoch => Volatile.Read(ref epoch);

    /// <summary>Changes made anywhere up to <paramref name="timestamp"/> have been heard of.</summary>
    public void TrustSince(long timestamp) => Volatile.Write(ref trustedUntil, timestamp + trustTicks);

    /// <summary>Changes made elsewhere may go unheard from now on.</summary>
    public void Distrust() => Volatile.Write(ref trustedUntil, long.MinValue);

    public void Clear()
    {
        Interlocked.Increment(ref epoch);
        slots.Clear();
        Interlocked.Exchange(ref count, 0);
    }

    /// <summary>The answer, if it is at hand. Allocates nothing and takes no lock.</summary>
    public Explanation? Find(string type, Guid? tenantId, string? nameOrId, LoadedPlugin? plugin) =>
        slots.TryGetValue(new SlotKey(tenantId, type), out var slot) && slot.IsCurrent(Volatile.Read(ref epoch), plugin)
            && slot.Find(nameOrId)?.Answer is { } answer && IsFresh(answer, clock.GetTimestamp())
            ? answer.Explanation
            : null;

    /// <summary>The answer; <paramref name="read"/> is asked once for all who want it at the same time, and asked again when a change
    /// overtakes it. It runs to its end though a caller gives up.</summary>
    public async ValueTask<Explanation> GetAsync(
        string type, Guid? tenantId, string? nameOrId, LoadedPlugin? plugin, Func<Task<Explanation>> read,
        CancellationToken cancellationToken)
    {
        var key = new SlotKey(tenantId, type);
        for (var attempt = 1; ; attempt++)
        {
            if (Count > capacity) Sweep();
            var slot = SlotOf(key, plugin);
            var cell = slot.CellOf(nameOrId, ref count);
            if (cell.Answer is { } answer && IsFresh(answer, clock.GetTimestamp())) return answer.Explanation;
            var filled = await cell.FillAsync(read, clock, trustTicks).WaitAsync(cancellationToken);
            if (attempt == Attempts || (slots.TryGetValue(key, out var current) && ReferenceEquals(slot, current)
                && slot.IsCurrent(Volatile.Read(ref epoch), plugin)))
            {
                return filled.Explanation;
            }
        }
    }

    private ResolutionSlot SlotOf(SlotKey key, LoadedPlugin? plugin)
    {
        while (true)
        {
            if (!slots.TryGetValue(key, out var slot))
            {
                if (slots.TryAdd(key, slot = Make()))
                {
                    Interlocked.Increment(ref count);
                    return slot;
                }
            }
            else if (slot.IsCurrent(Volatile.Read(ref epoch), plugin))
            {
                return slot;
            }
            else if (slots.TryRemove(KeyValuePair.Create(key, slot)))
            {
                Interlocked.Add(ref count, -slot.Size);
            }
        }

        ResolutionSlot Make()
        {
            // The epoch and the version are noted before anything is read.
            var madeIn = Volatile.Read(ref epoch);
            return new ResolutionSlot(madeIn, platform.GetOrAdd(key.Type, _ => new PlatformVersion()), plugin);
        }
    }

    private bool IsFresh(Answer answer, long now) =>
        (now <= Volatile.Read(ref trustedUntil) || now - answer.ReadAt <= trustTicks)
        && !(answer.Explanation.IsTransient && now - answer.ReadAt > transientTicks);

    private void Forget(IntegrationChange change)
    {
        if (change.TenantId is null)
            platform.GetOrAdd(change.IntegrationType, _ => new PlatformVersion()).Raise();
        else if (slots.TryRemove(new SlotKey(change.TenantId, change.IntegrationType), out var slot))
            Interlocked.Add(ref count, -slot.Size);
    }

    // Second chance: what was not asked for since the last sweep goes; if that is too little, others go too.
    private void Sweep()
    {
        if (Interlocked.CompareExchange(ref isSweeping, 1, 0) != 0) return;
        var left = 0;
        for (var round = 0; round < 2 && (round == 0 || left > capacity / 4 * 3); round++)
        {
            left = 0;
            foreach (var entry in slots)
            {
                var size = entry.Value.Size;
                if (entry.Value.TakeTouched() || (round == 1 && left + size <= capacity / 2)) left += size;
                else slots.TryRemove(entry);
            }
        }

        Interlocked.Exchange(ref count, left);
        Volatile.Write(ref isSweeping, 0);
    }

    private readonly record struct SlotKey(Guid? TenantId, string Type);
}
