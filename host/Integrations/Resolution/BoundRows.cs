using System.Collections.Concurrent;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Bound integrations by id, so that a platform-wide row is decrypted and held once and not once per tenant.</summary>
/// <remarks>An entry is used only for a row that reads the same as the one it was made from, so it cannot be stale; forgetting it early
/// costs one decryption. Too many entries, or too much config in them, and everything is forgotten, answers of the resolver that hold them
/// included.</remarks>
internal sealed class BoundRows
{
    private const int Capacity = 100_000;

    /// <summary>Characters of config, as stored: 64 MiB of text, and roughly three times as much with what is made of it.</summary>
    private const long ConfigCapacity = 32 * 1024 * 1024;

    private readonly ConcurrentDictionary<Guid, Bound> byId = new();
    private readonly IPluginCatalog catalog;
    private readonly ConfigReader reader;
    private readonly ResolutionCache answers;
    private int count;
    private long configLength;

    public BoundRows(IPluginCatalog catalog, ConfigReader reader, IntegrationChanges changes, ResolutionCache answers)
    {
        (this.catalog, this.reader, this.answers) = (catalog, reader, answers);
        changes.Subscribe(change =>
        {
            if (byId.TryRemove(change.IntegrationId, out var bound)) Count(-1, -bound.Length);
        });
    }

    /// <summary>Characters of config that are held, roughly.</summary>
    public long ConfigLength => Volatile.Read(ref configLength);

    public ReadResult Read(Integration row)
    {
        var plugin = catalog.Find(row.IntegrationType)?.Plugin;
        if (byId.TryGetValue(row.Id, out var bound) && bound.IsOf(row, plugin)) return bound.Result;
        var result = reader.Read(row);
        if (result.Integration is not { } integration) return result;
        var fresh = new Bound(row, integration.Plugin, result);
        if (byId.TryRemove(row.Id, out var stale)) Count(-1, -stale.Length);
        if (Count(1, fresh.Length))
        {
            answers.Clear();
            Clear();
            Count(1, fresh.Length);
        }

        byId[row.Id] = fresh;
        return result;
    }

    public void Clear()
    {
        byId.Clear();
        Interlocked.Exchange(ref count, 0);
        Interlocked.Exchange(ref configLength, 0);
    }

    /// <returns>Whether that is too much.</returns>
    private bool Count(int rows, long length) =>
        Interlocked.Add(ref count, rows) > Capacity | Interlocked.Add(ref configLength, length) > ConfigCapacity;

    private sealed record Bound(Integration Row, LoadedPlugin Plugin, ReadResult Result)
    {
        public int Length => Row.Config.Length;

        public bool IsOf(Integration row, LoadedPlugin? plugin) =>
            ReferenceEquals(Plugin, plugin) && row.TenantId == Row.TenantId && row.Revision == Row.Revision && row.Name == Row.Name
            && row.ConfigVersion == Row.ConfigVersion && row.Config == Row.Config && row.SharedActions == Row.SharedActions
            && row.Limits == Row.Limits && row.Policies == Row.Policies;
    }
}
