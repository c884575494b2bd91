using System.Collections.Concurrent;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Bound integrations by id, so that a platform-wide row is decrypted and held once and not once per tenant.</summary>
/// <remarks>An entry is used only for a row that reads the same as the one it was made from, so it cannot be stale; forgetting it early
/// costs one decryption.</remarks>
internal sealed class BoundRows
{
    private const int Capacity = 100_000;

    private readonly ConcurrentDictionary<Guid, Bound> byId = new();
    private readonly IPluginCatalog catalog;
    private readonly ConfigReader reader;
    private int count;

    public BoundRows(IPluginCatalog catalog, ConfigReader reader, IntegrationChanges changes)
    {
        (this.catalog, this.reader) = (catalog, reader);
        changes.Subscribe(change =>
        {
            if (byId.TryRemove(change.IntegrationId, out _)) Interlocked.Decrement(ref count);
        });
    }

    public ReadResult Read(Integration row)
    {
        var plugin = catalog.Find(row.IntegrationType)?.Plugin;
        if (byId.TryGetValue(row.Id, out var bound) && bound.IsOf(row, plugin)) return bound.Result;
        var result = reader.Read(row);
        if (result.Integration is not { } integration) return result;
        if (!byId.ContainsKey(row.Id) && Interlocked.Increment(ref count) > Capacity) Clear();
        byId[row.Id] = new Bound(row, integration.Plugin, result);
        return result;
    }

    public void Clear()
    {
        byId.Clear();
        Interlocked.Exchange(ref count, 0);
    }

    private sealed record Bound(Integration Row, LoadedPlugin Plugin, ReadResult Result)
    {
        public bool IsOf(Integration row, LoadedPlugin? plugin) =>
            ReferenceEquals(Plugin, plugin) && row.TenantId == Row.TenantId && row.Revision == Row.Revision && row.Name == Row.Name
            && row.ConfigVersion == Row.ConfigVersion && row.Config == Row.Config && row.SharedActions == Row.SharedActions;
    }
}
