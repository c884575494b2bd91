using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Slack;

/// <summary>Asks Slack who the bot is. Of a webhook it sees only the way there, since every call of one posts something.</summary>
internal static class SlackProbe
{
    private const int Port = 443;

    public static Task<ProbeResult> RunAsync(SlackConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        config.Auth is IncomingWebhookAuth webhook
            ? OfWebhookAsync(webhook, config, context, cancellationToken)
            : OfBotAsync(config, context, cancellationToken);

    private static async Task<ProbeResult> OfWebhookAsync(
        IncomingWebhookAuth webhook, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var hosts = SlackHosts.Of(config);
        await context.StepAsync(
            "url",
            _ => hosts.ProblemOfWebhook(webhook.WebhookUrl.Reveal()) is { } problem
                ? throw SlackFailures.NoEffect(FailureKind.InvalidConfiguration, problem)
                : Task.FromResult("The address has the shape of an incoming webhook."),
            cancellationToken).ConfigureAwait(false);
        var expiry = await ReachAsync(hosts.Webhooks, context, cancellationToken).ConfigureAwait(false);
        var message = $"{hosts.Webhooks} is reachable. Whether the webhook still works is not proven, since trying it would post a message.";
        return ProbeResult.Healthy(message) with { Expiries = [expiry] };
    }

    private static async Task<ProbeResult> OfBotAsync(SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = SlackClient.Of(config, context);
        var host = client.Hosts.Api.Host;
        var expiry = await ReachAsync(host, context, cancellationToken).ConfigureAwait(false);
        var (team, bot) = ("", "");
        IReadOnlyList<string>? scopes = null;
        await context.StepAsync(
            "auth",
            async token =>
            {
                var answer = await client.PostAsync("auth.test", [], token).ConfigureAwait(false);
                scopes = answer.Scopes;
                (team, bot) = (Shown(answer.Root.Text("team"), "the workspace"), Shown(answer.Root.Text("user"), "the bot"));
                return $"Signed in to {team} as {bot}.";
            },
            cancellationToken).ConfigureAwait(false);
        await context.StepAsync("scopes", _ => Task.FromResult(Describe(scopes)), cancellationToken).ConfigureAwait(false);
        var result = scopes is not null && !scopes.Contains("chat:write")
            ? ProbeResult.Warning(
                $"Signed in to {team} as {bot}, which may not post: add the scope chat:write to the Slack app and install it again.")
            : ProbeResult.Healthy($"Signed in to {team} as {bot}.");
        return result with { Expiries = [expiry] };
    }

    private static async Task<Expiry> ReachAsync(string host, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync(
            "dns",
            async token =>
            {
                var addresses = await context.Network.ResolveAsync(host, Port, token).ConfigureAwait(false);
                return addresses.Count is 1 ? $"{host} has one address." : $"{host} has {addresses.Count} addresses.";
            },
            cancellationToken).ConfigureAwait(false);

        Stream? connection = null;
        var ends = DateTimeOffset.MinValue;
        try
        {
            await context.StepAsync(
                "tcp",
                async token =>
                {
                    connection = await context.Network.ConnectAsync(host, Port, token).ConfigureAwait(false);
                    return $"Port {Port} accepts connections.";
                },
                cancellationToken).ConfigureAwait(false);
            await context.StepAsync(
                "tls",
                async token =>
                {
                    // The step before has connected, or thrown.
                    var tls = await context.Network.AuthenticateAsync(connection!, host, TlsOptions.Default, token).ConfigureAwait(false);
                    connection = tls;
                    ends = EndOf(tls);
                    return $"The certificate is good until {ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        }

        return new Expiry($"TLS certificate of {host}", ends);
    }

    private static DateTimeOffset EndOf(SslStream tls)
    {
        using var certificate = new X509Certificate2(tls.RemoteCertificate!); // a server always shows one
        return new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    private static string Describe(IReadOnlyList<string>? scopes) => scopes switch
    {
        null => "Slack did not say what the bot may do.",
        [] => "The bot may do nothing.",
        _ => $"The bot has {SlackFailures.Clean(string.Join(", ", scopes))}.",
    };

    private static string Shown(string? name, string otherwise) => SlackFailures.Clean(name ?? "") is { Length: > 0 } clean ? clean : otherwise;
}
