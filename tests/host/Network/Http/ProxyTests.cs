using System.Net;

namespace Vaka.Plugins.Host.Tests.Network.Http;

/// <summary>Alone in time, since the environment and the default proxy belong to the whole process.</summary>
[CollectionDefinition(nameof(ProxyTests), DisableParallelization = true)]
[Collection(nameof(ProxyTests))]
public class ProxyTests
{
    private static readonly string[] Names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

    [Fact]
    public async Task SendAsync_ProxyInTheEnvironment_IsIgnored()
    {
        await using var proxy = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        var address = $"http://127.0.0.1:{proxy.Port}";
        var before = Names.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        var defaultBefore = HttpClient.DefaultProxy; // read from the environment once per process
        try
        {
            Array.ForEach(Names, name => Environment.SetEnvironmentVariable(name, address));
            HttpClient.DefaultProxy = new WebProxy(address);

            using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.1"]));
            using var shared = access.Http(ConfigScope.Tenant);
            using var own = access.Network(ConfigScope.Tenant).CreateHttpClient(new TlsOptions());
            foreach (var client in new[] { shared, own })
            {
                var url = new Uri($"http://server.example:{server.Port}/");
                Assert.Equal("ok", await client.GetStringAsync(url, TestContext.Current.CancellationToken));
            }

            Assert.Equal(0, proxy.Connections);
        }
        finally
        {
            HttpClient.DefaultProxy = defaultBefore;
            foreach (var (name, value) in before)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
