using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.ServiceNow.Queries;

namespace Vaka.Plugins.ServiceNow;

/// <summary>Goes the way to the instance step by step, signs in and reads the id of one user. It changes nothing.</summary>
internal static class ServiceNowProbe
{
    public static async Task<ProbeResult> RunAsync(ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (ServiceNowInstance.ProblemOf(config.InstanceUrl) is { } problem) return ProbeResult.Error(FailureKind.InvalidConfiguration, problem);
        List<Expiry> expiries = [];
        var client = new ServiceNowClient(config, context);
        var instance = client.Instance;
        await context.StepAsync(
            "dns",
            async token =>
            {
                var addresses = await context.Network.ResolveAsync(instance.Host, instance.Port, token).ConfigureAwait(false);
                return $"{instance.Host} is {string.Join(", ", addresses)}.";
            },
            cancellationToken).ConfigureAwait(false);
        await ConnectAsync(instance, expiries, context, cancellationToken).ConfigureAwait(false);
        if (client.OAuth2 is { } settings)
        {
            await context.StepAsync(
                "token",
                async token =>
                {
                    await client.FetchTokenAsync(settings, token).ConfigureAwait(false);
                    return "The instance gave an access token.";
                },
                cancellationToken).ConfigureAwait(false);
        }

        var mayRead = true;
        await context.StepAsync(
            "auth",
            async token =>
            {
                mayRead = await ReadAsync(client, token).ConfigureAwait(false);
                return mayRead
                    ? "The credentials were taken, and the Table API answers."
                    : "The credentials were taken; the table sys_user may not be read.";
            },
            cancellationToken).ConfigureAwait(false);
        var result = mayRead
            ? ProbeResult.Healthy($"{instance.Host} takes the credentials and answers.")
            : ProbeResult.Warning(
                $"{instance.Host} takes the credentials, but the integration's user may not read sys_user, so that people can be given by "
                + "sys_id only. Give it a role that may, such as itil.");
        return result with { Expiries = expiries };
    }

    private static async Task<bool> ReadAsync(ServiceNowClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ListAsync("sys_user", new TableQuery { Fields = ["sys_id"], Limit = 1 }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (IntegrationException failure) when (failure.Kind is FailureKind.Forbidden)
        {
            return false;
        }
    }

    private static async Task ConnectAsync(
        ServiceNowInstance instance, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        Stream? connection = null;
        try
        {
            await context.StepAsync(
                "tcp",
                async token =>
                {
                    connection = await context.Network.ConnectAsync(instance.Host, instance.Port, token).ConfigureAwait(false);
                    return $"Port {instance.Port} accepts connections.";
                },
                cancellationToken).ConfigureAwait(false);
            if (!instance.IsTls) return;
            await context.StepAsync(
                "tls",
                async token =>
                {
                    // The step before has connected, or thrown.
                    var tls = await context.Network
                        .AuthenticateAsync(connection!, instance.Host, TlsOptions.Default, token).ConfigureAwait(false);
                    connection = tls;
                    return Describe(tls, instance.Host, expiries);
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
        var end = certificate.NotAfter.ToUniversalTime();
        expiries.Add(new($"TLS certificate of {host}", new DateTimeOffset(end)));
        return $"The certificate is trusted and valid until {end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
    }
}
