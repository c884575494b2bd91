namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>The resources that one call uses: each is held until the call has ended.</summary>
internal sealed class ResourceLease(ResourcePool pool, BoundIntegration integration, ResourceScope scope)
    : IIntegrationResources, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<Resource> held = []; // mostly one
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
            await LetGoAsync(resource);
            throw;
        }

        return value as T ?? throw new InvalidOperationException(
            $"The resource '{key}' is a {value.GetType()} and not a {typeof(T)}. Give it a key of its own.");
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (hasEnded) return;
            hasEnded = true; // from here on nobody else touches the list
        }

        foreach (var resource in held) await pool.ReleaseAsync(resource);
    }

    private Resource Hold(string key, Func<CancellationToken, Task<object>> create)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(hasEnded, typeof(IntegrationContext));
            foreach (var known in held)
            {
                if (known.Key.Name == key) return known;
            }

            var shared = new ResourceKey(scope.IntegrationId, integration.ConfigHash, integration.Plugin.Generation, key);
            var resource = pool.Acquire(shared, integration.Plugin, create);
            held.Add(resource);
            return resource;
        }
    }

    private async ValueTask LetGoAsync(Resource resource)
    {
        lock (gate)
        {
            if (hasEnded || !held.Remove(resource)) return;
        }

        await pool.ReleaseAsync(resource);
    }
}
