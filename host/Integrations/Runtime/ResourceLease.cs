namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>The resources that one call uses: each is held until the call has ended.</summary>
internal sealed class ResourceLease(ResourcePool pool, BoundIntegration integration, ResourceScope scope)
    : IIntegrationResources, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Resource> held = new(StringComparer.Ordinal);
    private bool hasEnded;

    public async ValueTask<T> GetOrCreateAsync<T>(
        string key, Func<ResourceScope, CancellationToken, ValueTask<T>> create, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
        var resource = Hold(key, async token => await create(scope, token));
        object value;
        try
        {
            value = await resource.Value.WaitAsync(cancellationToken);
        }
        catch when (resource.Value.IsFaulted || resource.Value.IsCanceled)
        {
            // What could not be made is not kept, so that the next try makes it anew. Who merely gave up holds on until his call ends.
            await LetGoAsync(key, resource);
            throw;
        }

        return value as T ?? throw new InvalidOperationException(
            $"The resource '{key}' is a {value.GetType()} and not a {typeof(T)}. Give it a key of its own.");
    }

    public async ValueTask DisposeAsync()
    {
        List<Resource> toRelease;
        lock (gate)
        {
            if (hasEnded) return;
            hasEnded = true;
            toRelease = [.. held.Values];
            held.Clear();
        }

        foreach (var resource in toRelease) await pool.ReleaseAsync(resource);
    }

    private Resource Hold(string key, Func<CancellationToken, Task<object>> create)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(hasEnded, typeof(IntegrationContext));
            if (held.TryGetValue(key, out var resource)) return resource;
            var shared = new ResourceKey(scope.IntegrationId, integration.ConfigHash, integration.Plugin.Generation, key);
            resource = pool.Acquire(shared, integration.Plugin, create);
            held.Add(key, resource);
            return resource;
        }
    }

    private async ValueTask LetGoAsync(string key, Resource resource)
    {
        lock (gate)
        {
            if (!held.TryGetValue(key, out var current) || !ReferenceEquals(current, resource)) return;
            held.Remove(key);
        }

        await pool.ReleaseAsync(resource);
    }
}
