using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors;
using Vaka.Plugins.Vendors.Jira;
using Vaka.Plugins.Vendors.ServiceNow;
using Vaka.Plugins.Vendors.Slack;
using Vaka.Plugins.Vendors.Teams;

namespace Vaka.Plugins.EndToEnd.Tests.Vendors;

/// <summary>The vendors under their own names, over TLS: stand-ins on this machine, to which the host's connections are led by
/// <c>Network:ConnectTo</c>. Two companies use them, each with a Jira site, a workspace, a user and a channel of its own.</summary>
public sealed class Outside : IAsyncDisposable
{
    public const string Instance = "acme.service-now.com";
    public const string Workflows = "prod-1.westeurope.logic.azure.com";

    private static readonly string[] Shared =
        [Instance, Workflows, "slack.com", "files.slack.com", "auth.atlassian.com", "api.atlassian.com", "login.microsoftonline.com", "graph.microsoft.com"];

    private readonly List<VendorServer> servers = [];
    private readonly Dictionary<string, VendorServer> names = [];

    public ServiceNowServer ServiceNow { get; } = new();

    public SlackServer Slack { get; } = new(TimeProvider.System) { PostsPerSecond = 100 };

    public TeamsServer Teams { get; } = new();

    public IReadOnlyList<Company> Companies { get; private set; } = [];

    /// <summary>How the host comes to the vendors.</summary>
    public IEnumerable<string> Settings => names.Select((name, index) => $"--Network:ConnectTo:{index}={name.Key}:443=127.0.0.1:{name.Value.Address.Port}");

    /// <summary>Where a browser that is led the same way finds them.</summary>
    public string ResolverRules => string.Join(", ", names.Select(name => $"MAP {name.Key}:443 127.0.0.1:{name.Value.Address.Port}"));

    /// <param name="certificateFile">Where the certificate is put that the host is to trust.</param>
    public async Task StartAsync(string certificateFile)
    {
        string[] sites = ["one.atlassian.net", "two.atlassian.net"];
        using var certificate = TestCertificates.SelfSigned([.. Shared, .. sites]);
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        foreach (var server in new VendorServer[] { ServiceNow, Slack, Teams }) await AddAsync(server, certificate);
        names[Instance] = ServiceNow;
        foreach (var name in new[] { "slack.com", "files.slack.com" }) names[name] = Slack;
        foreach (var name in new[] { Workflows, "login.microsoftonline.com", "graph.microsoft.com" }) names[name] = Teams;
        var companies = new List<Company>();
        foreach (var (site, index) in sites.Select((site, index) => (site, index)))
        {
            var jira = new JiraServer { User = $"bot@{site}", Secret = $"jira-token-of-{site}", Site = new Uri($"https://{site}") };
            await AddAsync(jira, certificate);
            names[site] = jira;
            var user = $"user{index}";
            ServiceNow.Accounts.Passwords[user] = $"password-of-{user}";
            var workspace = Slack.Add(new SlackWorkspace { Team = site, Token = $"xoxb-{index}-of-{site}", WebhookPath = $"T{index}/B{index}/secret{index}" });
            workspace.AddChannel("incidents");
            var channel = Teams.AddTeam($"Team {site}", "General").Channels[0];
            companies.Add(new Company(site, jira, user, workspace, channel, $"https://{Workflows}{Teams.Workflows.Add(channel)}"));
        }

        // Atlassian's own addresses stand beside the first site.
        foreach (var name in new[] { "auth.atlassian.com", "api.atlassian.com" }) names[name] = companies[0].Jira;
        Companies = companies;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers) await server.DisposeAsync();
    }

    private async Task AddAsync(VendorServer server, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        servers.Add(server);
        await server.StartAsync(System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12(
            certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12), null)); // each server has one of its own
    }
}

/// <summary>What one company has at each vendor.</summary>
public sealed record Company(
    string Site, JiraServer Jira, string ServiceNowUser, SlackWorkspace Slack, TeamsChannel Channel, string WorkflowUrl);

/// <summary>A host that can reach the vendors.</summary>
public sealed class OutsideOnSqlite : SqliteHost
{
    public Outside Outside { get; } = new();

    protected override IEnumerable<string> Settings => Outside.Settings;

    protected override IReadOnlyDictionary<string, string> Environment => Trust.Of(Directory);

    protected override Task PrepareAsync() => Outside.StartAsync(Trust.File(Directory));
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class OutsideOnPostgres : PostgresHost
{
    public Outside Outside { get; } = new();

    protected override IEnumerable<string> Settings => Outside.Settings;

    protected override IReadOnlyDictionary<string, string> Environment => Trust.Of(Directory);

    protected override Task PrepareAsync() => Outside.StartAsync(Trust.File(Directory));
}

/// <summary>The certificate of the stand-ins among the system's roots, for one process.</summary>
internal static class Trust
{
    public static string File(string directory) => Path.Combine(directory, "outside.pem");

    public static IReadOnlyDictionary<string, string> Of(string directory) => new Dictionary<string, string> { ["SSL_CERT_FILE"] = File(directory) };
}
