using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Jira;

/// <summary>Goes the way of every call, asks Jira who we are, and looks whether the default project is there. It changes nothing.</summary>
internal static class JiraProbe
{
    public static async Task<ProbeResult> RunAsync(JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var target = config.Auth is OAuth2Auth ? new Uri("https://api.atlassian.com/") : JiraSite.BaseOf(config);
        List<Expiry> expiries = [];
        await context.StepAsync(
            "dns",
            async token =>
            {
                var addresses = await context.Network.ResolveAsync(target.Host, target.Port, token).ConfigureAwait(false);
                return addresses.Count is 1 ? $"{target.Host} has one address." : $"{target.Host} has {addresses.Count} addresses.";
            },
            cancellationToken).ConfigureAwait(false);
        await ConnectAsync(target, expiries, context, cancellationToken).ConfigureAwait(false);

        var client = JiraClient.Of(config, context);
        var account = "";
        await context.StepAsync(
            "auth",
            async token =>
            {
                var me = await client.GetAsync($"myself", "say who we are", token).ConfigureAwait(false);
                account = JiraWords.Clean(me.Text("displayName") ?? me.Text("name") ?? "an account without a name");
                return $"Signed in as {account}.";
            },
            cancellationToken).ConfigureAwait(false);
        return await CheckProjectAsync(client, account, cancellationToken).ConfigureAwait(false) with { Expiries = expiries };
    }

    private static async Task<ProbeResult> CheckProjectAsync(JiraClient client, string account, CancellationToken cancellationToken)
    {
        if (client.Config.DefaultProject is not { } project) return ProbeResult.Healthy($"Signed in as {account}.");
        try
        {
            await client.Context.StepAsync(
                "project",
                async token =>
                {
                    var found = await client.GetAsync($"project/{project}", "read the default project", token).ConfigureAwait(false);
                    return $"The default project is {JiraWords.Clean(found.Text("name") ?? project)}.";
                },
                cancellationToken).ConfigureAwait(false);
            return ProbeResult.Healthy($"Signed in as {account}; the default project is there.");
        }
        catch (IntegrationException failure) when (failure.Kind is FailureKind.NotFound or FailureKind.Forbidden)
        {
            return ProbeResult.Warning(
                $"Signed in as {account}, who does not see the default project {project}: check the key and its permissions.");
        }
    }

    private static async Task ConnectAsync(Uri target, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        Stream? connection = null;
        try
        {
            await context.StepAsync(
                "tcp",
                async token =>
                {
                    connection = await context.Network.ConnectAsync(target.Host, target.Port, token).ConfigureAwait(false);
                    return $"Port {target.Port} accepts connections.";
                },
                cancellationToken).ConfigureAwait(false);
            if (target.Scheme != Uri.UriSchemeHttps) return;
            await context.StepAsync(
                "tls",
                async token =>
                {
                    // The step before has connected, or thrown.
                    var tls = await context.Network.AuthenticateAsync(connection!, target.Host, TlsOptions.Default, token).ConfigureAwait(false);
                    connection = tls;
                    return Describe(tls, target.Host, expiries);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Describe(SslStream tls, string host, List<Expiry> expiries)
    {
        if (tls.RemoteCertificate is null) return $"{tls.SslProtocol}.";
        using var certificate = X509CertificateLoader.LoadCertificate(tls.RemoteCertificate.GetRawCertData());
        var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        expiries.Add(new($"TLS certificate of {host}", end));
        return $"The certificate is trusted and valid until {end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
    }
}
