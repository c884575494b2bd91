using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Sso.Oidc.Issuer;

namespace Vaka.Plugins.Sso.Oidc;

/// <summary>Reads what a login needs of the issuer, and compares it with the config. Nobody is signed in: whether client and redirect URI
/// are registered shows only then.</summary>
internal static class OidcProbe
{
    public static async Task<ProbeResult> RunAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        List<Expiry> expiries = [];
        await ReachAsync(config, expiries, context, cancellationToken).ConfigureAwait(false);
        IssuerDocument? document = null;
        await context.StepAsync(
            "discovery",
            async token =>
            {
                document = await KnownIssuer.DocumentAsync(config, context, token).ConfigureAwait(false);
                return "The discovery document is the configured issuer's.";
            },
            cancellationToken).ConfigureAwait(false);

        // The steps before have set it, or thrown; so with the keys.
        var issuer = document!;
        IReadOnlyList<IssuerKey> keys = [];
        await context.StepAsync(
            "keys",
            async token =>
            {
                keys = await KnownIssuer.KeysAsync(issuer, config, context, token).ConfigureAwait(false);
                return Describe(keys, config);
            },
            cancellationToken).ConfigureAwait(false);
        (await KnownIssuer.OfAsync(context, cancellationToken).ConfigureAwait(false)).Learn(issuer, keys, context.Clock.GetUtcNow());
        await context.StepAsync("endpoints", _ => Task.FromResult(Describe(issuer)), cancellationToken).ConfigureAwait(false);
        var warnings = OidcSupport.Warnings(issuer, keys, config);
        await context.StepAsync(
            "support",
            _ => Task.FromResult(warnings.Count is 0 ? "The issuer supports what the config asks for." : string.Join(' ', warnings)),
            cancellationToken).ConfigureAwait(false);
        return (warnings.Count is 0
            ? ProbeResult.Healthy("The issuer can be reached and its keys are good. Nobody was signed in: a trial login shows the rest.")
            : ProbeResult.Warning(string.Join(' ', warnings))) with
        {
            Expiries = expiries,
        };
    }

    private static string Describe(IReadOnlyList<IssuerKey> keys, SsoConfig config)
    {
        var usable = keys.Count(key => config.SigningAlgorithms.Any(algorithm => key.ProblemFor(algorithm) is null));
        return usable is 0
            ? throw OidcFailures.InvalidConfiguration(
                $"None of the issuer's {keys.Count} keys is good for {string.Join(", ", config.SigningAlgorithms)}: compare signing_algorithms with "
                + "what the identity provider signs with.")
            : $"{usable} of {keys.Count} keys can sign an ID token.";
    }

    private static string Describe(IssuerDocument issuer) =>
        $"Sign-in, tokens{(issuer.UserinfoEndpoint is null ? "" : ", userinfo")}{(issuer.EndSessionEndpoint is null ? "; no sign-out" : " and sign-out")}, "
        + "each at an address that is allowed.";

    private static async Task ReachAsync(SsoConfig config, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(config.Issuer, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps) return;
        await context.StepAsync(
            "tls",
            async token =>
            {
                var connection = await context.Network.ConnectAsync(address.Host, address.Port, token).ConfigureAwait(false);
                await using var owned = connection.ConfigureAwait(false);
                var tls = await context.Network.AuthenticateAsync(connection, address.Host, TlsOptions.Default, token).ConfigureAwait(false);
                await using var ownedTls = tls.ConfigureAwait(false);
                if (tls.RemoteCertificate is null) return $"{tls.SslProtocol}.";
                using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate.GetRawCertData());
                var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
                expiries.Add(new($"TLS certificate of {address.Host}", end));
                return $"The certificate is trusted and valid until {end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
            },
            cancellationToken).ConfigureAwait(false);
    }
}
