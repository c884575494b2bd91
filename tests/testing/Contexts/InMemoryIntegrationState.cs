using System.Collections.Concurrent;
using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>State in memory, with the limits of the host's.</summary>
public sealed class InMemoryIntegrationState : IIntegrationState
{
    private const int MaximumBytes = 64 * 1024;
    private readonly ConcurrentDictionary<string, (string Value, string? DescendsFrom)> values = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> locks = new();

    /// <inheritdoc/>
    public Task<string?> GetAsync(string key, SecretString? descendsFrom, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Current(key, descendsFrom));
    }

    /// <inheritdoc/>
    public async Task<string?> UpdateAsync(
        string key, SecretString? descendsFrom, Func<string?, CancellationToken, Task<string?>> next, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 64, nameof(key));
        var gate = locks.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            var value = await next(Current(key, descendsFrom), cancellationToken);
            if (value is null)
            {
                values.TryRemove(key, out _);
                return null;
            }

            if (Encoding.UTF8.GetByteCount(value) > MaximumBytes)
            {
                throw new ArgumentException($"State holds at most {MaximumBytes} bytes a key.", nameof(next));
            }

            values[key] = (value, descendsFrom?.Reveal());
            return value;
        }
        finally
        {
            gate.Release();
        }
    }

    private string? Current(string key, SecretString? descendsFrom) =>
        values.TryGetValue(key, out var held) && held.DescendsFrom == descendsFrom?.Reveal() ? held.Value : null;
}
