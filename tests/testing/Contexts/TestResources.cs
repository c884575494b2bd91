using System.Collections.Concurrent;

namespace Vaka.Plugins.Testing;

/// <summary>Resources by integration and key: created once for concurrent callers, not kept when creating failed.</summary>
internal sealed class TestResources
{
    private readonly ConcurrentDictionary<(Guid Integration, string Key), Lazy<Task<object>>> made = new();

    public IIntegrationResources For(ResourceScope scope) => new Scoped(this, scope);

    public async ValueTask DropAsync()
    {
        foreach (var (key, resource) in made.ToArray())
        {
            made.TryRemove(key, out _);
            switch (await resource.Value)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    private sealed class Scoped(TestResources owner, ResourceScope scope) : IIntegrationResources
    {
        public async ValueTask<T> GetOrCreateAsync<T>(
            string key, Func<ResourceScope, CancellationToken, ValueTask<T>> create, CancellationToken cancellationToken)
            where T : class
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = (scope.IntegrationId, key);

            // Like the host's, a creation serves every waiting caller, so that none of them may cancel it for the others.
            var resource = owner.made.GetOrAdd(id, _ => new Lazy<Task<object>>(async () => await create(scope, CancellationToken.None)));
            try
            {
                return (T)await resource.Value.WaitAsync(cancellationToken);
            }
            catch when (resource.Value.IsFaulted)
            {
                owner.made.TryRemove(new(id, resource));
                throw;
            }
        }
    }
}
