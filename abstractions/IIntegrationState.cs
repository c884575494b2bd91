namespace Vaka.Plugins;

/// <summary>Encrypted memory beside an integration that is not configuration: a rotated refresh token, a cursor. It does not touch the
/// row's revision or health and is never restored from history.</summary>
public interface IIntegrationState
{
    /// <summary>The value under <paramref name="key"/>, or <c>null</c>: never set, or set from another
    /// <paramref name="descendsFrom"/> than the one given.</summary>
    Task<string?> GetAsync(string key, SecretString? descendsFrom, CancellationToken cancellationToken);

    /// <summary>Replaces the value under a lock that holds on every node: <paramref name="next"/> sees the current value and answers the
    /// new one (<c>null</c> removes it), which is returned once it is stored. What <paramref name="next"/> throws changes nothing.</summary>
    /// <param name="key">At most 64 characters.</param>
    /// <param name="descendsFrom">The configured secret that the value came from, such as the first refresh token: when an admin
    /// replaces it, the value is forgotten.</param>
    /// <param name="next">Runs at most once, with at most 64 KiB in and out.</param>
    /// <param name="cancellationToken">Gives up waiting for the lock.</param>
    Task<string?> UpdateAsync(
        string key, SecretString? descendsFrom, Func<string?, CancellationToken, Task<string?>> next, CancellationToken cancellationToken);
}
