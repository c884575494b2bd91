using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Graph;
using Vaka.Plugins.Teams.Workflow;

namespace Vaka.Plugins.Teams;

/// <summary>Looks at the way to Teams. A workflow's URL has no call without an effect, so that nothing is sent there; with Graph the teams are
/// read.</summary>
internal static class TeamsProbe
{
    public static async Task<ProbeResult> RunAsync(TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        List<Expiry> expiries = [];
        var result = config.Connection switch
        {
            WorkflowConnection workflow => await WorkflowAsync(workflow, expiries, context, cancellationToken).ConfigureAwait(false),
            GraphConnection graph => await GraphAsync(graph, expiries, context, cancellationToken).ConfigureAwait(false),
            _ => ProbeResult.Error(FailureKind.InvalidConfiguration, "The connection is of no known type."),
        };
        return result with { Expiries = expiries };
    }

    private static async Task<ProbeResult> WorkflowAsync(
        WorkflowConnection workflow, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync("url", _ => Task.FromResult(CheckUrl(workflow)), cancellationToken).ConfigureAwait(false);
        var address = WorkflowAddress.Of(workflow);
        await ReachAsync(address, expiries, context, cancellationToken).ConfigureAwait(false);
        return ProbeResult.Healthy(
            $"{address.Host} is reachable, not proven: nothing was sent, so whether the workflow is on and posts shows with the first "
            + "message.");
    }

    private static async Task<ProbeResult> GraphAsync(
        GraphConnection graph, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        await ReachAsync(new Uri($"https://{GraphCloud.Of(graph).Graph}"), expiries, context, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TeamItem> teams = [];
        await context.StepAsync(
            "auth",
            async token =>
            {
                teams = (await ListTeams.ReadAsync(graph, context, null, token).ConfigureAwait(false)).Items;
                return $"Signed in; the account is a member of {teams.Count} {(teams.Count is 1 ? "team" : "teams")}.";
            },
            cancellationToken).ConfigureAwait(false);
        if (graph is not { DefaultTeamId: not null, DefaultChannelId: not null })
        {
            return teams.Count > 0
                ? ProbeResult.Healthy("Signed in. There is no default channel, so that every call has to name one.")
                : ProbeResult.Warning("Signed in, but the account is a member of no team: add it to those that it is to post to.");
        }

        var name = "";
        await context.StepAsync(
            "channel",
            async token =>
            {
                var channel = await new GraphClient(graph, context)
                    .GetAsync(GraphChannel.Default(graph).Path, GraphPermission.ReadChannels, token).ConfigureAwait(false);
                name = JsonText.Of(channel, "displayName") is { } shown ? new string([.. shown.Where(c => !char.IsControl(c)).Take(100)]) : "";
                return $"The default channel is there: {name}.";
            },
            cancellationToken).ConfigureAwait(false);
        return ProbeResult.Healthy($"Signed in, and the default channel {name} can be read. Nothing was posted.");
    }

    private static string CheckUrl(WorkflowConnection workflow) =>
        WorkflowAddress.ProblemsOf(workflow.WorkflowUrl.Reveal())
            .FirstOrDefault(problem => problem.Severity is ConfigSeverity.Error) is { Message: { } wrong }
            ? throw TeamsFailures.InvalidConfiguration(wrong)
            : "The URL is well formed.";

    private static async Task ReachAsync(Uri address, List<Expiry> expiries, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync(
            "dns",
            async token =>
            {
                var found = await context.Network.ResolveAsync(address.Host, address.Port, token).ConfigureAwait(false);
                return $"{address.Host} has {found.Count} {(found.Count is 1 ? "address" : "addresses")}.";
            },
            cancellationToken).ConfigureAwait(false);
        Stream? connection = null;
        try
        {
            await context.StepAsync(
                "tcp",
                async token =>
                {
                    connection = await context.Network.ConnectAsync(address.Host, address.Port, token).ConfigureAwait(false);
                    return $"Port {address.Port} accepts connections.";
                },
                cancellationToken).ConfigureAwait(false);
            if (address.Scheme != Uri.UriSchemeHttps) return;
            await context.StepAsync(
                "tls",
                async token =>
                {
                    // The step before has connected, or thrown.
                    var tls = await context.Network.AuthenticateAsync(connection!, address.Host, TlsOptions.Default, token).ConfigureAwait(false);
                    connection = tls;
                    return Describe(tls, address.Host, expiries);
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
