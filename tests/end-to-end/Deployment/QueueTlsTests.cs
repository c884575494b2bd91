using System.Diagnostics;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.Actions.Queue;

namespace Vaka.Plugins.EndToEnd.Tests.Deployment;

/// <summary>RabbitMQ by TLS, with a certificate for <c>localhost</c> of an issuer that the machine trusts.</summary>
public sealed class QueueTlsTests : IAsyncLifetime
{
    private readonly VirtualHost broker = new();

    public QueueTlsTests() => VirtualHost.SkipUnlessAvailable();

    public ValueTask InitializeAsync() => broker.InitializeAsync();

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Theory]
    [InlineData("localhost", "rabbitmq: connected")]
    [InlineData("127.0.0.1", "rabbitmq: certificate not accepted since ")]
    public async Task Queue_ByTls_TakesACertificateOfItsNameOnly(string name, string state)
    {
        var address = new UriBuilder(Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_TLS") ?? "") { Host = name, Path = new Uri(broker.Address).AbsolutePath };
        await using var fixture = new Trusting(address.ToString());
        fixture.SkipUnlessAvailable();
        await fixture.InitializeAsync();
        using var client = new HttpClient { BaseAddress = fixture.Host.Address };
        var found = "";
        for (var waited = Stopwatch.StartNew(); !found.StartsWith(state, StringComparison.Ordinal); await Task.Delay(50))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), $"{found}\n{fixture.Host.Output}");
            found = (await client.GetJsonAsync("readyz")).Text("queue");
        }
    }

    private sealed class Trusting(string broker) : PostgresHost
    {
        protected override IEnumerable<string> Settings => [$"--Queue:RabbitMq={broker}"];

        protected override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
        {
            ["SSL_CERT_FILE"] = System.Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_CERTIFICATE") ?? "",
        };
    }
}
