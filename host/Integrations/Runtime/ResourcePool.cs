using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>Owns what outlives a call of a provider. A resource is made once for concurrent callers and disposed after its last user has
/// finished, once its row changed, its plugin was replaced, or nobody asked for it in ten minutes.</summary>
internal sealed partial class ResourcePool : IAsyncDisposable
{
    private static readonly TimeSpan IdleSpan = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SweepSpan = TimeSpan.FromMinutes(1);

    // A plugin whose Dispose hangs must not hold a caller, whose answer is ready, nor the end of the host.
    private static readonly TimeSpan DisposeSpan = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Dictionary<ResourceKey, Resource>> byIntegration = [];
    private readonly HashSet<Resource> alive = [];
    private readonly TimeProvider clock;
    private readonly ILogger<ResourcePool> logger;
    private readonly IPluginCatalog? catalog;
    private readonly ITimer? sweeper;
    private bool isClosed;

    /// <summary>The shared one.</summary>
    public ResourcePool(IntegrationChanges changes, IPluginCatalog catalog, TimeProvider clock, ILogger<ResourcePool> logger)
        : this(clock, logger)
    {
        this.catalog = catalog;
        changes.Subscribe(change => Retire(resource => resource.Key.IntegrationId == change.IntegrationId, change.IntegrationId));
        sweeper = clock.CreateTimer(_ => Sweep(), null, SweepSpan, SweepSpan);
    }

    /// <summary>One of a single call.</summary>
    public ResourcePool(TimeProvider clock, ILogger<ResourcePool> logger) => (this.clock, this.logger) = (clock, logger);

    /// <summary>Gives the resource, which is made if it is not there; each call is paired with one of <see cref="ReleaseAsync"/>.</summary>
    public Resource Acquire(ResourceKey key, LoadedPlugin plugin, Func<CancellationToken, Task<object>> create)
    {
        List<Resource>? replaced = null;
        Resource? resource;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (!byIntegration.TryGetValue(key.IntegrationId, out var siblings)) byIntegration.Add(key.IntegrationId, siblings = []);
            if (siblings.TryGetValue(key, out resource) && (resource.Value.IsFaulted || resource.Value.IsCanceled))
            {
                RetireLocked(resource, ref replaced);
                resource = null;
            }

            if (resource is null)
            {
                // Another config or another load of the plugin: what was made for the earlier one has had its time.
                foreach (var old in siblings.Values.Where(old => !old.Key.IsOfSameConfig(key)).ToList()) RetireLocked(old, ref replaced);
                resource = new Resource(key, plugin);
                var token = resource.Making.Token;
                resource.Value = Task.Run(() => create(token));
                byIntegration.TryAdd(key.IntegrationId, siblings); // retiring the last sibling took the list away
                siblings.Add(key, resource);
                alive.Add(resource);
            }

            resource.Users++;
        }

        if (replaced is not null) _ = Task.Run(() => EndAsync(replaced));
        return resource;
    }

    public async ValueTask ReleaseAsync(Resource resource)
    {
        List<Resource>? ending = null;
        lock (gate)
        {
            resource.Users--;
            resource.UsedAt = clock.GetTimestamp();
            if (resource.Users > 0) return;
            if (resource.IsRetired || !resource.Value.IsCompletedSuccessfully) RetireLocked(resource, ref ending);
        }

        if (ending is null) return;
        var end = EndAsync(ending);
        if (resource.Value.IsCompleted) await end; // a caller does not wait for what is still being made
    }

    /// <summary>The plugin is no longer in use: what was made for it goes, each with its last user.</summary>
    public void Retire(LoadedPlugin plugin) => Retire(resource => ReferenceEquals(resource.Plugin, plugin), null);

    public async ValueTask DisposeAsync()
    {
        List<Resource> all;
        lock (gate)
        {
            if (isClosed) return;
            isClosed = true;
            all = [.. alive.Where(resource => !resource.IsEnded)];
            foreach (var resource in all) resource.IsRetired = resource.IsEnded = true;
            byIntegration.Clear();
            alive.Clear();
        }

        if (sweeper is not null) await sweeper.DisposeAsync();
        await EndAsync(all);
    }

    private void Sweep()
    {
        var now = clock.GetTimestamp();
        Retire(
            resource => (resource.Users == 0 && clock.GetElapsedTime(resource.UsedAt, now) >= IdleSpan)
                || !ReferenceEquals(catalog?.Find(resource.Plugin.Type)?.Plugin, resource.Plugin),
            null);
    }

    private void Retire(Func<Resource, bool> isOver, Guid? integrationId)
    {
        List<Resource>? ending = null;
        lock (gate)
        {
            if (isClosed) return;
            var candidates = integrationId is not { } id ? alive
                : byIntegration.TryGetValue(id, out var siblings) ? (IEnumerable<Resource>)siblings.Values : [];
            foreach (var resource in candidates.Where(isOver).ToList()) RetireLocked(resource, ref ending);
        }

        if (ending is not null) _ = Task.Run(() => EndAsync(ending));
    }

    private void RetireLocked(Resource resource, ref List<Resource>? ending)
    {
        resource.IsRetired = true;
        if (byIntegration.TryGetValue(resource.Key.IntegrationId, out var siblings)
            && siblings.TryGetValue(resource.Key, out var current) && ReferenceEquals(current, resource))
        {
            siblings.Remove(resource.Key);
            if (siblings.Count == 0) byIntegration.Remove(resource.Key.IntegrationId);
        }

        if (resource.Users > 0 || resource.IsEnded) return;
        resource.IsEnded = true;
        alive.Remove(resource);
        (ending ??= []).Add(resource);
    }

    private async Task EndAsync(List<Resource> ending)
    {
        try
        {
            await Task.WhenAll(ending.Select(EndAsync)).WaitAsync(DisposeSpan, clock);
        }
        catch (TimeoutException)
        {
            LogSlow(ending[0].Plugin.Type);
        }
    }

    private async Task EndAsync(Resource resource)
    {
        try
        {
            await resource.Making.CancelAsync();
            object value;
            try
            {
                value = await resource.Value;
            }
            catch (Exception) // whoever waited for it has been told; there is nothing to dispose
            {
                return;
            }

            if (value is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else (value as IDisposable)?.Dispose();
        }
        catch (Exception exception) // a plugin's code
        {
            LogNotDisposed(resource.Plugin.Type, resource.Key.Name, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A resource of the provider {Type} was not disposed in time and is left to itself.")]
    private partial void LogSlow(string type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider {Type} failed to dispose its resource {Name}.")]
    private partial void LogNotDisposed(string type, string name, Exception exception);
}
