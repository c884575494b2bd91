using System.Net.Security;
using Microsoft.Extensions.Configuration;
using Vaka.Plugins.Host.Actions.Queue;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

public class QueueOptionsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void Read_NoAddress_IsNoRabbitMq(string? text) => Assert.Null(Read(text).RabbitMq);

    [Fact]
    public void Read_Address_IsTaken()
    {
        var factory = Read("amqp://va%40ka:hunter%2F2@mq.example.com:1234/pro%2Fd").RabbitMq;
        Assert.NotNull(factory);
        Assert.Equal(("mq.example.com", 1234, "va@ka", "hunter/2", "pro/d"), (factory.HostName, factory.Port, factory.UserName, factory.Password, factory.VirtualHost));
        Assert.False(factory.Ssl.Enabled);
    }

    // The client itself would take a certificate of any name.
    [Fact]
    public void Read_AddressWithTls_WantsACertificateOfThatName()
    {
        var factory = Read("amqps://vaka:hunter2@mq.example.com").RabbitMq;
        Assert.NotNull(factory);
        Assert.True(factory.Ssl.Enabled);
        Assert.Equal(("mq.example.com", 5671, SslPolicyErrors.None), (factory.Ssl.ServerName, factory.Endpoint.Port, factory.Ssl.AcceptablePolicyErrors));
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("rabbitmq.example.com:hunter2")]
    [InlineData("http://vaka:hunter2@mq.example.com")]
    [InlineData("amqp://vaka:hunter2@")]
    [InlineData("amqp://vaka:hunter2@mq.example.com/one/two")]
    [InlineData("amqp://vaka:hunter2@mq.example.com?heartbeat=5")]
    [InlineData("amqp://vaka:#hunter2@mq.example.com")]
    [InlineData("amqp://vaka:hunter2@mq.example.com:port")]
    public void Read_WrongAddress_SaysHowItIsWrittenAndNoPassword(string text)
    {
        var refused = Assert.Throws<StartupException>(() => Read(text));
        Assert.Contains("amqps://user:password@rabbitmq.example.com:5671/vhost", refused.Message);
        Assert.DoesNotContain("hunter2", refused.ToString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("10001")]
    [InlineData("-1")]
    [InlineData("many")]
    public void Read_WrongPrefetch_SaysWhatIsAllowed(string text) =>
        Assert.Contains("1 to 10000", Assert.Throws<StartupException>(() => Read("amqp://localhost", text)).Message);

    [Fact]
    public void Read_Prefetch_DefaultsTo50() => Assert.Equal((50, 7), (Read("amqp://localhost").Prefetch, Read("amqp://localhost", "7").Prefetch));

    [Fact]
    public void Read_EmbeddedDatabase_IsRefused() => Assert.Contains(
        "Database:Provider",
        Assert.Throws<StartupException>(() => QueueOptions.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Queue:RabbitMq"] = "amqp://localhost" }).Build())).Message,
        StringComparison.Ordinal);

    private static QueueOptions Read(string? address, string? prefetch = null) => QueueOptions.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Queue:RabbitMq"] = address, ["Queue:Prefetch"] = prefetch, ["Database:Provider"] = "postgres" }).Build());
}
