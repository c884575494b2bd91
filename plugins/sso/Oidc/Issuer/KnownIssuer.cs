using System.Text.Json;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Issuer;

/// <summary>The issuer's document and keys at one time.</summary>
internal sealed record IssuerFacts(IssuerDocument Document, IReadOnlyList<IssuerKey> Keys, DateTimeOffset ReadAt, DateTimeOffset KeysReadAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public bool IsStaleAt(DateTimeOffset now) => now - ReadAt >= Lifetime;
}

/// <summary>What is known of the issuer: read when first needed and kept for an hour. When it cannot be read anew, the last copy serves for
/// a day.</summary>
internal sealed class KnownIssuer : IDisposable
{
    private const int MostKeys = 100;

    private static readonly TimeSpan LongestUse = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    // Anybody can send a logout token that names an unknown key: this is how often that reaches the issuer.
    private static readonly TimeSpan PauseForKeys = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim turn = new(1);
    private volatile IssuerFacts? facts;
    private DateTimeOffset triedAt = DateTimeOffset.MinValue;
    private DateTimeOffset searchedAt = DateTimeOffset.MinValue;

    public static ValueTask<KnownIssuer> OfAsync(IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync("oidc:issuer", (_, _) => ValueTask.FromResult(new KnownIssuer()), cancellationToken);

    public async Task<IssuerFacts> GetAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        if (facts is { } held && !held.IsStaleAt(now)) return held;
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (facts is not { } last) return await ReadAsync(config, context, cancellationToken).ConfigureAwait(false);
            if (!last.IsStaleAt(now) || (now - triedAt < Pause && now - last.ReadAt < LongestUse)) return last;
            triedAt = now;
            return await ReadAsync(config, context, cancellationToken).ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (
            failure.Kind is FailureKind.Unavailable or FailureKind.RateLimited && facts is { } last && now - last.ReadAt < LongestUse)
        {
            return last;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads the keys once more, since <paramref name="seen"/> lacks one; at most once a minute. The document is read too if it
    /// is older than five minutes, as the keys may have moved.</summary>
    public async Task<IssuerFacts> SearchAsync(
        IssuerFacts seen, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = context.Clock.GetUtcNow();
            var current = facts ?? seen;
            if (current.KeysReadAt > seen.KeysReadAt || now - searchedAt < PauseForKeys) return current;
            searchedAt = now;
            if (now - current.ReadAt >= Pause) return await ReadAsync(config, context, cancellationToken).ConfigureAwait(false);
            var keys = await KeysAsync(current.Document, config, context, cancellationToken).ConfigureAwait(false);
            return facts = current with { Keys = keys, KeysReadAt = now };
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What a probe has just read serves the next logins.</summary>
    public void Learn(IssuerDocument document, IReadOnlyList<IssuerKey> keys, DateTimeOffset now) =>
        facts = new IssuerFacts(document, keys, now, now);

    public static async Task<IssuerDocument> DocumentAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var issuer = config.Issuer ?? throw OidcFailures.InvalidConfiguration("No issuer is set.");
        var json = await OidcHttp.ReadAsync(IssuerDocument.AddressOf(issuer), "The discovery document", config, context, cancellationToken)
            .ConfigureAwait(false);
        return IssuerDocument.Read(json, issuer);
    }

    public static async Task<IReadOnlyList<IssuerKey>> KeysAsync(
        IssuerDocument document, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var json = await OidcHttp.ReadAsync(document.JwksUri, "The issuer's key set", config, context, cancellationToken).ConfigureAwait(false);
        return json.TryGetProperty("keys", out var keys) && keys.ValueKind is JsonValueKind.Array && keys.GetArrayLength() <= MostKeys
            ? [.. keys.EnumerateArray().Select(IssuerKey.Read).OfType<IssuerKey>()]
            : throw OidcFailures.InvalidConfiguration($"The issuer's key set holds no list of at most {MostKeys} keys.");
    }

    public void Dispose() => turn.Dispose();

    private async Task<IssuerFacts> ReadAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var document = await DocumentAsync(config, context, cancellationToken).ConfigureAwait(false);
        var keys = await KeysAsync(document, config, context, cancellationToken).ConfigureAwait(false);
        var now = context.Clock.GetUtcNow();
        return facts = new IssuerFacts(document, keys, now, now);
    }
}
