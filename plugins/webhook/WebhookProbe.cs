using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Webhook;

/// <summary>Looks at everything on the way to the endpoint and never calls it: a webhook has no call without an effect.</summary>
internal static class WebhookProbe
{
    public static async Task<ProbeResult> RunAsync(WebhookConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        List<Expiry> expiries = [];
        await context.StepAsync("url", _ => Task.FromResult(CheckUrl(config)), cancellationToken).ConfigureAwait(false);
        var client = await WebhookClient.OfAsync(config, context, cancellationToken).ConfigureAwait(false);
        var (uri, host) = (client.Address.Uri, client.Address.Host);
        if (client.Tls.ClientCertificate is { } certificate)
        {
            expiries.Add(new("Client certificate", EndOf(certificate)));
            await context.StepAsync(
                "client_certificate", _ => Task.FromResult(CheckDates(certificate, context.Clock)), cancellationToken).ConfigureAwait(false);
        }

        await context.StepAsync(
            "dns",
            async token =>
            {
                var addresses = await context.Network.ResolveAsync(host, uri.Port, token).ConfigureAwait(false);
                return $"{host} is {string.Join(", ", addresses)}.";
            },
            cancellationToken).ConfigureAwait(false);

        await ConnectAsync(client, expiries, context, cancellationToken).ConfigureAwait(false);
        if (client.Tokens is { } tokens)
        {
            await context.StepAsync(
                "token",
                async token =>
                {
                    await tokens.RenewAsync(token).ConfigureAwait(false);
                    return "The token endpoint gave a token.";
                },
                cancellationToken).ConfigureAwait(false);
        }

        return ProbeResult.Healthy($"{host} is reachable; nothing was sent.") with { Expiries = expiries };
    }

    private static async Task ConnectAsync(
        WebhookClient client, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        var (uri, host) = (client.Address.Uri, client.Address.Host);
        Stream? connection = null;
        try
        {
            await context.StepAsync(
                "tcp",
                async token =>
                {
                    connection = await context.Network.ConnectAsync(host, uri.Port, token).ConfigureAwait(false);
                    return $"Port {uri.Port} accepts connections.";
                },
                cancellationToken).ConfigureAwait(false);
            if (uri.Scheme == Uri.UriSchemeHttps)
            {
                await context.StepAsync(
                    "tls",
                    async token =>
                    {
                        // The step before has connected, or thrown.
                        var tls = await context.Network.AuthenticateAsync(connection!, host, client.Tls, token).ConfigureAwait(false);
                        connection = tls;
                        return Describe(tls, host, expiries);
                    },
                    cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static string CheckUrl(WebhookConfig config)
    {
        if (WebhookAddress.ProblemOf(config.Url) is { } problem)
        {
            throw new IntegrationException(FailureKind.InvalidConfiguration, problem) { Effect = Effect.None };
        }

        return config.Url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)
            ? $"The URL is well formed; {config.Method} over plain http."
            : $"The URL is well formed; {config.Method} over https.";
    }

    private static string CheckDates(X509Certificate2 certificate, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now < certificate.NotBefore.ToUniversalTime() || now >= EndOf(certificate)
            ? throw new IntegrationException(
                FailureKind.InvalidConfiguration, $"The client certificate is not valid now (it ends {Day(certificate)}): give another one.")
            {
                Effect = Effect.None,
            }
            : $"The client certificate is valid until {Day(certificate)}.";
    }

    private static string Describe(SslStream tls, string host, List<Expiry> expiries)
    {
        if (tls.RemoteCertificate is null)
        {
            return $"{tls.SslProtocol}.";
        }

        using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate.GetRawCertData());
        expiries.Add(new($"TLS certificate of {host}", EndOf(certificate)));
        return $"The certificate is trusted and valid until {Day(certificate)}.";
    }

    private static DateTimeOffset EndOf(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static string Day(X509Certificate2 certificate) =>
        certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
