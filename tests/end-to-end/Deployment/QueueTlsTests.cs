using System.Diagnostics;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.Actions.Queue;

namespace Vaka.Plugins.EndToEnd.Tests.Deployment;

/// <summary>RabbitMQ by TLS, with a certificate for <c>localhost</c> of an issuer that the machine trusts.</summary>
public sealed class QueueTlsTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("vaka-tls-").FullName;
    private readonly VirtualHost broker = new();

    public QueueTlsTests() => VirtualHost.SkipUnlessAvailable();

    public ValueTask InitializeAsync() => broker.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("localhost", "rabbitmq: connected")]
    [InlineData("127.0.0.1", "rabbitmq: certificate not accepted since ")]
    public async Task Queue_ByTls_TakesACertificateOfItsNameOnly(string name, string state)
    {
        var address = new UriBuilder(Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_TLS") ?? "") { Host = name, Path = new Uri(broker.Address).AbsolutePath };
        await using var host = await HostProcess.StartAsync(directory, [$"--Queue:RabbitMq={address}"], new Dictionary<string, string>
        {
            ["SSL_CERT_FILE"] = Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_CERTIFICATE") ?? "",
        });
        using var client = new HttpClient { BaseAddress = host.Address };
        var found = "";
        for (var waited = Stopwatch.StartNew(); !found.StartsWith(state, StringComparison.Ordinal); await Task.Delay(50))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), $"{found}\n{host.Output}");
            found = (await client.GetJsonAsync("readyz")).Text("queue");
        }
    }
}
