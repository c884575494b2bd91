namespace Vaka.Plugins.Testing;

/// <summary>One-time values in memory, which expire by the test's clock.</summary>
public sealed class InMemoryOneTimeStore(TimeProvider clock) : IOneTimeStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Value, DateTimeOffset Expires)> values = [];

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (values.TryGetValue(key, out var held) && held.Expires > now)
            {
                return Task.FromResult(false);
            }

            values[key] = (value, now + lifetime);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<string?> TakeAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult(values.Remove(key, out var held) && held.Expires > clock.GetUtcNow() ? held.Value : null);
        }
    }
}
