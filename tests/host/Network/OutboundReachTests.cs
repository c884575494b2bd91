using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Network;

/// <summary>What an integration is held to, on every way out.</summary>
public sealed class OutboundReachTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly ScriptedResolver resolver = new(["127.0.0.1"]);
    private readonly OutboundAccess access;
    private readonly TestLog log = new();
    private readonly ServiceProvider services;

    public OutboundReachTests()
    {
        access = Outbound.WithLoopback(resolver);
        services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new LogProvider(log))).AddMetrics().AddSingleton<ReachRefusals>().BuildServiceProvider();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        access.Dispose();
        services.Dispose();
    }

    [Theory]
    [InlineData("slack.com", 443, true)]
    [InlineData("slack.com", 80, false)]
    [InlineData("files.slack.com", 443, true)]
    [InlineData("a.b.slack.com", 443, true)]
    [InlineData("evilslack.com", 443, false)]
    [InlineData("slack.com.evil.test", 443, false)]
    [InlineData(".slack.com", 443, false)]
    [InlineData("10.1.2.3", 8443, true)]
    [InlineData("10.1.2.3", 443, false)]
    public void Includes_HostAndPort_BothCount(string host, int port, bool isIncluded) =>
        Assert.Equal(isIncluded, Reach(new("slack.com", 443), new(".slack.com", 443), new("10.1.2.3", 8443)).Includes(host, port));

    [Fact]
    public void Includes_Nothing_IsNobody() => Assert.False(Reach().Includes("slack.com", 443));

    [Fact]
    public async Task Http_Declared_GetsThere()
    {
        await using var server = LoopbackServer.Http(Ok);
        using var http = access.Http(ConfigScope.Tenant, Reach(new ReachTarget("vendor.test", server.Port)));

        Assert.Equal("ok", await http.GetStringAsync(new Uri($"http://Vendor.test:{server.Port}/"), Token));
    }

    [Fact]
    public async Task EveryWay_Undeclared_OpensAndLooksUpNothing()
    {
        await using var server = LoopbackServer.Http(Ok);
        var reach = Reach(new ReachTarget("vendor.test", server.Port));
        var network = access.Network(ConfigScope.Tenant, reach);
        var url = new Uri($"http://elsewhere.test:{server.Port}/");
        using var http = access.Http(ConfigScope.Tenant, reach);
        using var own = network.CreateHttpClient(TlsOptions.Default);

        foreach (var way in new Func<Task>[]
        {
            () => http.GetAsync(url, Token), () => own.GetAsync(url, Token), () => network.ConnectAsync(url.Host, url.Port, Token),
            () => network.ResolveAsync(url.Host, url.Port, Token), () => network.ConnectAsync("vendor.test", server.Port + 1, Token),
        })
        {
            var failure = await Outbound.IsRefusedAsync(way);
            Assert.StartsWith("Provider acme does not declare that it talks to ", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal((0, 0), (server.Connections, resolver.LookUps));
    }

    [Fact]
    public async Task Http_ConnectionThatAnotherOneOpened_IsNotForThisOne()
    {
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            while (true) await LoopbackServer.AnswerOkAsync(stream, token);
        });
        var url = new Uri($"http://vendor.test:{server.Port}/");
        using (var free = access.Http(ConfigScope.Tenant)) await free.GetStringAsync(url, Token);
        using var held = access.Http(ConfigScope.Tenant, Reach(new ReachTarget("other.test", server.Port)));

        await Outbound.IsRefusedAsync(() => held.GetStringAsync(url, Token));

        using var known = access.Http(ConfigScope.Tenant, Reach(new ReachTarget("vendor.test", server.Port)));
        await known.GetStringAsync(url, Token);
        Assert.Equal(1, server.Connections); // it is shared all the same
    }

    [Fact]
    public async Task Http_Redirect_IsHeldToo()
    {
        await using var elsewhere = LoopbackServer.Http(Ok);
        await using var server = LoopbackServer.Http(
            $"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test:{elsewhere.Port}/\r\nContent-Length: 0\r\n\r\n");
        using var http = access.Http(ConfigScope.Tenant, Reach(new ReachTarget("vendor.test", server.Port)));

        using var answer = await http.GetAsync(new Uri($"http://vendor.test:{server.Port}/"), Token);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode); // the client follows none
        await Outbound.IsRefusedAsync(() => http.GetAsync(answer.Headers.Location, Token)); // a provider that does is held

        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task Refusal_IsLoggedAndCounted()
    {
        var counted = new List<(long Count, object? Provider)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, watching) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, services.GetRequiredService<IMeterFactory>()) && instrument.Name == "vaka.network.undeclared")
                watching.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => counted.Add((count, tags[0].Value)));
        listener.Start();

        await Outbound.IsRefusedAsync(() => access.Network(ConfigScope.Tenant, Reach()).ConnectAsync("elsewhere.test", 443, Token));

        Assert.Contains(log.Lines, line => line.StartsWith("Warning: Refused provider acme a connection to elsewhere.test:443", StringComparison.Ordinal));
        Assert.Equal([(1L, "acme")], counted);
    }

    [Fact]
    public void Demand_Declared_MakesNothing()
    {
        var reach = Reach(new("slack.com", 443), new(".slack.com", 443), new("other.test", 443));
        reach.Demand("files.slack.com", 443);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) reach.Demand("files.slack.com", 443);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ways_OfOneIntegration_AreMadeOnce()
    {
        var reach = Reach();

        Assert.Same(access.Network(ConfigScope.Tenant, reach), access.Network(ConfigScope.Tenant, reach));
        Assert.NotSame(access.Network(ConfigScope.Tenant), access.Network(ConfigScope.Tenant, reach));
    }

    private OutboundReach Reach(params ReachTarget[] targets) => new("acme", targets, services.GetRequiredService<ReachRefusals>());

    private sealed class LogProvider(TestLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
