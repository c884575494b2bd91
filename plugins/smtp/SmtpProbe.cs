using System.Globalization;
using System.Security.Authentication;
using Vaka.Plugins.Smtp.Connections;

namespace Vaka.Plugins.Smtp;

/// <summary>Goes all the way to the point where a mail would begin, and sends none.</summary>
internal static class SmtpProbe
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static async Task<ProbeResult> RunAsync(SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = new SmtpClient(config, context);
        await context.StepAsync("dns", token => ResolveAsync(config, context, token), cancellationToken).ConfigureAwait(false);

        Stream? stream = null;
        SmtpConnection? connection = null;
        try
        {
            SecuredStream? secured = null;
            await context.StepAsync("tcp", async token =>
            {
                stream = await context.Network.ConnectAsync(config.SmtpHost, config.SmtpPort, token).ConfigureAwait(false);
                return $"Connected to {config.Endpoint}.";
            }, cancellationToken).ConfigureAwait(false);

            await context.StepAsync("tls", async token =>
            {
                secured = await client.SecureAsync(stream!, context.Network, token).ConfigureAwait(false); // set by the step before
                return Describe(secured, config, context.Clock);
            }, cancellationToken).ConfigureAwait(false);

            await context.StepAsync("ehlo", async token =>
            {
                connection = await client.HelloAsync(secured!, token).ConfigureAwait(false); // set by the step before
                return connection.MaxSize > 0
                    ? $"The server is ready; it takes mails of up to {connection.MaxSize / 1024 / 1024.0:0.#} MiB."
                    : "The server is ready.";
            }, cancellationToken).ConfigureAwait(false);

            await FinishAsync(client, connection!, config, context, cancellationToken).ConfigureAwait(false); // set by the step before
            return Result(config, secured!.CertificateExpiry, context.Clock); // set by the step before
        }
        finally
        {
            connection?.Dispose();
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task FinishAsync(
        SmtpClient client, SmtpConnection connection, SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync("auth", async token =>
        {
            await client.SignInAsync(connection, token).ConfigureAwait(false);
            return config.SignsIn ? $"Signed in as {config.SmtpUser}." : "No sign-in is configured.";
        }, cancellationToken).ConfigureAwait(false);

        await context.StepAsync("noop", async token =>
        {
            try
            {
                await connection.NoOpAsync(token).ConfigureAwait(false);
                return "The server takes commands.";
            }
            catch (Exception exception) when (SmtpFailures.OfOpening(exception, connection.HasEnded, config) is { } failure)
            {
                throw failure;
            }
        }, cancellationToken).ConfigureAwait(false);

        await context.StepAsync("quit", async token =>
        {
            await connection.DisconnectAsync(quit: true, token).ConfigureAwait(false);
            return "Said goodbye; no mail was sent.";
        }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> ResolveAsync(SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var addresses = await context.Network.ResolveAsync(config.SmtpHost, config.SmtpPort, cancellationToken).ConfigureAwait(false);
        return addresses.Count == 1 ? $"{config.SmtpHost} has one address." : $"{config.SmtpHost} has {addresses.Count} addresses.";
    }

    private static string Describe(SecuredStream secured, SmtpConfig config, TimeProvider clock)
    {
        if (secured.Tls is null)
        {
            return "TLS is switched off: everything goes in the clear.";
        }

        var version = secured.Tls.SslProtocol switch
        {
            SslProtocols.Tls13 => "TLS 1.3",
            SslProtocols.Tls12 => "TLS 1.2",
            _ => "TLS",
        };
        var how = config.Protection == SmtpSecurity.Starttls ? " by STARTTLS" : "";
        return secured.CertificateExpiry is { } expiry
            ? $"{version}{how}; the certificate is good until {Date(expiry)}{(expiry - clock.GetUtcNow() < Soon ? ", which is soon" : "")}."
            : $"{version}{how}.";
    }

    private static ProbeResult Result(SmtpConfig config, DateTimeOffset? expiry, TimeProvider clock)
    {
        var result = expiry is { } date && date - clock.GetUtcNow() < Soon
            ? ProbeResult.Warning($"{config.Endpoint} works, but its certificate runs out on {Date(date)}. Have it renewed.")
            : config.Protection == SmtpSecurity.None && !config.IsLoopback
                ? ProbeResult.Warning($"{config.Endpoint} works, but everything goes in the clear. Set smtp_use_tls to true if the server "
                    + "can.")
                : ProbeResult.Healthy(config.SignsIn ? $"{config.Endpoint} works, and the sign-in is "
                    + "accepted." : $"{config.Endpoint} works.");
        return expiry is { } at
            ? result with { Expiries = [new Expiry($"TLS certificate of {config.SmtpHost}", at.ToUniversalTime())] }
            : result;
    }

    private static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
