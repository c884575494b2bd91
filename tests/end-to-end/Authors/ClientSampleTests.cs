using System.Net;
using System.Text;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>A service that was built from the client's package alone, against a host.</summary>
[Collection(nameof(AuthorsMachine))]
public sealed class ClientSampleTests(AuthorsMachine machine, SqliteHost host) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task Orders_BuiltFromThePackage_SendsAMailAndAWebhook()
    {
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await host.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = MailPeer.Config() }, HttpStatusCode.Created);
        await tenant.Admin.PostAsync("integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);

        var sources = machine.CreateFolder("client-sample");
        foreach (var file in new[] { "Acme.Orders.csproj", "Program.cs" })
            File.Copy(Path.Combine(HostProcess.Repository, "tests", "fixtures", "client-sample", "orders", file), Path.Combine(sources, file));
        await machine.DotnetAsync(sources, "build", "Acme.Orders.csproj", "--nologo");
        var program = Path.Combine(sources, "bin", "Debug", "net10.0", "Acme.Orders.dll");
        var caller = new Dictionary<string, string>(machine.Environment) 
        {
            ["VAKA_ADDRESS"] = host.Host.Address.ToString(), ["VAKA_KEY"] = tenant.Service.DefaultRequestHeaders.Authorization?.Parameter ?? "",
        };

        var (_, first) = await AuthorsMachine.RunAsync(sources, caller, program, "bot@vaka.test");
        Assert.Matches("^mail <.+> to 1\nwebhook succeeded\n$", first);
        var (_, second) = await AuthorsMachine.RunAsync(sources, caller, program, "bot@vaka.test");
        Assert.Contains("to 1, as before", second);
        var request = Assert.Single(sink.Requests);
        Assert.Equal("""{"id":4711,"customer":"bot@vaka.test"}""", Encoding.UTF8.GetString(request.Body));

        caller["VAKA_KEY"] = "vaka_wrong";
        var (code, said) = await AuthorsMachine.RunAsync(sources, caller, program, "bot@vaka.test");
        Assert.Equal(1, code);
        Assert.Contains("unauthenticated: Send 'Authorization: Bearer", said);
    }
}
