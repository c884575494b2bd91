using System.Collections.Concurrent;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>What this node has taken and knows of.</summary>
internal sealed class HeldExecutions
{
    private readonly ConcurrentDictionary<Guid, byte> ids = new();

    public bool Contains(Guid id) => ids.ContainsKey(id);

    public void Add(Guid id) => ids[id] = 0;

    public void Remove(Guid id) => ids.TryRemove(id, out _);
}
