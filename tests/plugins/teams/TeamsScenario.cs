using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Testing;
using Vaka.Plugins.Vendors.Teams;

namespace Vaka.Plugins.Teams.Tests;

/// <summary>The provider against the stand-in, over real sockets and TLS.</summary>
internal sealed class TeamsScenario : IAsyncDisposable
{
    private static readonly string[] Hosts = ["graph.microsoft.com", "login.microsoftonline.com", "prod-12.westeurope.logic.azure.com"];

    private readonly X509Certificate2 certificate;

    private TeamsScenario(TeamsServer server, X509Certificate2 certificate)
    {
        (Server, this.certificate) = (server, certificate);
        Test = new TeamsTest(
            new LoopbackNetwork { Ports = Hosts.ToDictionary(host => host, _ => server.Address.Port), TrustedRoots = [certificate] }, TimeProvider.System);
    }

    public TeamsServer Server { get; }

    public TeamsTest Test { get; }

    /// <summary>Starts the stand-in, with a clock of its own where one is given.</summary>
    public static async Task<TeamsScenario> StartAsync(TimeProvider? clock = null)
    {
        var certificate = TestCertificates.SelfSigned(Hosts);
        var server = new TeamsServer(clock);
        await server.StartAsync(certificate);
        return new TeamsScenario(server, certificate);
    }

    /// <summary>A connection to Graph with the stand-in's app registration.</summary>
    public TeamsConfig Graph(TeamsTeam? team = null, TeamsChannel? channel = null, string? refreshToken = null) => TeamsTest.Graph(
        ("tenant_id", Server.SignIn.TenantId),
        ("client_id", Server.SignIn.ClientId),
        ("client_secret", Server.SignIn.ClientSecret),
        ("refresh_token", refreshToken),
        ("default_team_id", team?.Id),
        ("default_channel_id", channel?.Id));

    public async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        await Server.DisposeAsync();
        certificate.Dispose();
    }
}
