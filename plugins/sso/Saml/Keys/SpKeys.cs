using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Keys;

/// <summary>Our keys, by number. Each is made when it is first needed, by one node for all, and kept encrypted beside the row; it is in no
/// config and leaves the host only as a certificate.</summary>
internal static class SpKeys
{
    // 2048 bits: what every identity provider takes, and three times as fast to sign with as 3072. A change of keys takes two edits.
    private const int KeyBits = 2048;
    private const int Years = 10;

    public static ValueTask<SpKeyRing> GetAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync(
            FormattableString.Invariant($"saml_keys_{config.KeyNumber}_{config.AnnounceNextKey}"),
            (_, token) => ReadAsync(config, context.State, context.Clock, token),
            cancellationToken);

    /// <summary>When the certificate of the key in use runs out; <c>null</c>: the key has not been needed yet. Makes none.</summary>
    public static async Task<DateTimeOffset?> ExpiryAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var kept = await context.State.GetAsync(StateKey(config.KeyNumber), null, cancellationToken).ConfigureAwait(false);
        using var certificate = Read(kept, config.KeyNumber)?.Certificate;
        return certificate is null ? null : new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
    }

    private static async ValueTask<SpKeyRing> ReadAsync(SsoConfig config, IIntegrationState state, TimeProvider clock, CancellationToken cancellationToken)
    {
        var current = await MakeAsync(config.KeyNumber, state, clock, cancellationToken).ConfigureAwait(false);
        var previous = Read(
            await state.GetAsync(StateKey(config.KeyNumber - 1), null, cancellationToken).ConfigureAwait(false), config.KeyNumber - 1);
        var next = config.AnnounceNextKey
            ? await MakeAsync(config.KeyNumber + 1, state, clock, cancellationToken).ConfigureAwait(false)
            : null;
        return new SpKeyRing(current, previous, next);
    }

    private static async Task<SpKey> MakeAsync(int number, IIntegrationState state, TimeProvider clock, CancellationToken cancellationToken)
    {
        var kept = await state.GetAsync(StateKey(number), null, cancellationToken).ConfigureAwait(false);
        kept ??= await state.UpdateAsync(
            StateKey(number), null, (current, _) => Task.FromResult<string?>(current ?? Create(number, clock.GetUtcNow())), cancellationToken)
            .ConfigureAwait(false);
        return Read(kept, number)!; // what was just made is there
    }

    private static string Create(int number, DateTimeOffset now)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest(
            FormattableString.Invariant($"CN=Vaka.Plugins SSO key {number}"), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}";
    }

    private static SpKey? Read(string? pem, int number) => pem is null ? null : new SpKey(X509Certificate2.CreateFromPem(pem, pem), number);

    private static string StateKey(int number) => string.Create(CultureInfo.InvariantCulture, $"sp_key_{number}");
}
