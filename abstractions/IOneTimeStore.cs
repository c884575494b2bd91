namespace Vaka.Plugins;

/// <summary>Values that count once, on all nodes together, within one integration: replay protection, one-time codes.</summary>
public interface IOneTimeStore
{
    /// <summary>Stores <paramref name="value"/> under <paramref name="key"/> unless that key is taken and not yet expired.</summary>
    /// <returns><c>true</c> for exactly one of all callers, on any node.</returns>
    Task<bool> TryAddAsync(string key, string value, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Takes the value out: exactly one of all callers gets it, the others <c>null</c>, as when it never was or has expired.</summary>
    Task<string?> TakeAsync(string key, CancellationToken cancellationToken);
}
