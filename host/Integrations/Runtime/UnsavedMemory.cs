using System.Collections.Concurrent;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>State and one-time values of a config that is not saved: they end with the call.</summary>
internal sealed class UnsavedMemory(TimeProvider clock) : IIntegrationState, IOneTimeStore
{
    private readonly ConcurrentDictionary<string, (string Value, DateTimeOffset ExpiresAt)> values = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim gate = new(1);

    public Task<string?> GetAsync(string key, SecretString? descendsFrom, CancellationToken cancellationToken) =>
        Task.FromResult(values.TryGetValue(key, out var found) ? found.Value : null);

    public async Task<string?> UpdateAsync(
        string key, SecretString? descendsFrom, Func<string?, CancellationToken, Task<string?>> next, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var value = await next(values.TryGetValue(key, out var found) ? found.Value : null, cancellationToken);
            if (value is null) values.TryRemove(key, out _);
            else values[key] = (value, DateTimeOffset.MaxValue);
            return value;
        }
        finally
        {
            gate.Release();
        }
    }

    public Task<bool> TryAddAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (values.TryGetValue(key, out var found) && found.ExpiresAt <= now) values.TryRemove(KeyValuePair.Create(key, found));
        return Task.FromResult(values.TryAdd(key, (value, now + lifetime)));
    }

    public Task<string?> TakeAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(values.TryRemove(key, out var found) && found.ExpiresAt > clock.GetUtcNow() ? found.Value : null);
}
