using System.Diagnostics;
using System.Net;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Tests.Network.Http;

public class GuardedHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0177.1:{0}/")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://127.0.0.1.:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://localhost.:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/")]
    [InlineData("http://[64:ff9b:1::7f00:1]:{0}/")]
    [InlineData("http://[2002:7f00:1::]:{0}/")]
    [InlineData("http://[fd00:ec2::254]:{0}/")]
    [InlineData("http://[fe80::1%25lo]:{0}/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://100.100.100.200/")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://１２７.0.0.1:{0}/")]
    [InlineData("http://127。0。0。1:{0}/")]
    [InlineData("http://example.com@127.0.0.1:{0}/")]
    [InlineData("http:\\\\127.0.0.1:{0}/")]
    public async Task SendAsync_ForbiddenAddress_OpensNothing(string url)
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var access = Outbound.Access();
        await Outbound.IsRefusedAsync(() => GetAsync(access, string.Format(null, url, server.Port)));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://127.0.0.1.:{0}/")]
    [InlineData("http://１２７.0.0.1:{0}/")]
    [InlineData("http://user@127.0.0.1:{0}/")]
    [InlineData("http://user:secret@127.0.0.1:{0}/")]
    [InlineData("http://127.0.0.1:{0}/a\\b")]
    [InlineData("http://127.0.0.1:0/")]
    [InlineData("ftp://127.0.0.1:{0}/")]
    [InlineData("ws://127.0.0.1:{0}/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1:{0}/")]
    public async Task SendAsync_TrickyUrl_IsRefusedEvenWhereItsAddressIsAllowed(string url)
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var access = Outbound.WithLoopback();
        var failure = await Outbound.IsRefusedAsync(() => GetAsync(access, string.Format(null, url, server.Port)));
        Assert.Equal(0, server.Connections);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The platform itself takes these for no address at all; should it change its mind, they join the ones above.</summary>
    [Theory]
    [InlineData("http://%31%32%37.0.0.1:8080/")]
    [InlineData("http://example.com\\@127.0.0.1/")]
    [InlineData("http://127.0.0.1:8080\\@example.com/")]
    [InlineData("http://127.0.0.1:8080\\path")]
    [InlineData("http://127.0.0.1\\path")]
    [InlineData("http://127.0.0.1:65536/")]
    public void Uri_OfTrickyText_CannotBeMade(string url) => Assert.False(Uri.TryCreate(url, UriKind.Absolute, out _));

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://LOCALHOST:{0}/a\u00fc?q=\\#f")]
    [InlineData("http://b\u00fccher.example:{0}/")]
    [InlineData("http://xn--bcher-kva.example:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    public async Task SendAsync_PlainUrl_IsSent(string url)
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var access = Outbound.WithLoopback(new ScriptedResolver(["127.0.0.1"]));
        Assert.Equal("ok", await GetAsync(access, string.Format(null, url, server.Port)));
    }

    [Fact]
    public async Task SendAsync_RelativeToABaseAddress_IsSent()
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        client.BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/api/");
        Assert.Equal("ok", await client.GetStringAsync(new Uri("v2/issue", UriKind.Relative), Token));
    }

    [Fact]
    public async Task SendAsync_NameOfForbiddenAddress_NamesTheSetting()
    {
        using var access = Outbound.Access(resolver: new ScriptedResolver(["169.254.169.254"]));
        var failure = await Outbound.IsRefusedAsync(() => GetAsync(access, "https://metadata.example/"));
        Assert.Equal(
            "metadata.example resolves to a cloud metadata address. An operator can allow it with Network:AllowedNetworksForTenants.",
            failure.Message);
    }

    [Fact]
    public async Task SendAsync_RebindingName_ConnectsToTheJudgedAddress()
    {
        await using var judged = LoopbackServer.Http("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\njudged");
        await using var rebound = new LoopbackServer(LoopbackServer.AnswerOkAsync, IPAddress.Parse("127.0.0.2"), judged.Port);
        var resolver = new ScriptedResolver(["127.0.0.1"], ["127.0.0.2"]);
        using var access = Outbound.Access(new NetworkOptions { AllowedNetworksForTenants = ["127.0.0.1"] }, resolver);

        Assert.Equal("judged", await GetAsync(access, $"http://rebind.example:{judged.Port}/"));
        Assert.Equal((1, 0), (resolver.LookUps, rebound.Connections));

        await Outbound.IsRefusedAsync(() => GetAsync(access, $"http://rebind.example:{judged.Port}/"));
        Assert.Equal(0, rebound.Connections);
    }

    [Fact]
    public async Task SendAsync_ForeignHostHeader_IsRefused()
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}/");
        request.Headers.Host = "other.example";
        await Outbound.IsRefusedAsync(() => client.SendAsync(request, Token));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task SendAsync_Redirect_IsNotFollowed()
    {
        await using var target = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var server = LoopbackServer.Http(
            $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{target.Port}/\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/"), Token);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(0, target.Connections);
    }

    [Fact]
    public async Task SendAsync_CookiesOfAnAnswer_AreNotKept()
    {
        var heads = new List<string>();
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            heads.Add(await LoopbackServer.ReadHeadAsync(stream, token));
            var answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
            await stream.WriteAsync(answer, token);
        });
        using var access = Outbound.WithLoopback();
        await GetAsync(access, $"http://127.0.0.1:{server.Port}/");
        await GetAsync(access, $"http://127.0.0.1:{server.Port}/");
        Assert.Equal(2, heads.Count);
        Assert.DoesNotContain("Cookie", heads[1], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Http_ScopesShareNoConnections()
    {
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            while (!token.IsCancellationRequested)
            {
                await LoopbackServer.AnswerOkAsync(stream, token);
            }
        });
        using var access = Outbound.WithLoopback();
        var url = new Uri($"http://127.0.0.1:{server.Port}/");
        foreach (var scope in new[] { ConfigScope.Tenant, ConfigScope.Platform, ConfigScope.Tenant, ConfigScope.Platform })
        {
            using var client = access.Http(scope); // disposing it leaves the connections
            Assert.Equal("ok", await client.GetStringAsync(url, Token));
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public void Http_WhatOneCallSetsOnItsClient_ReachesNoOther()
    {
        using var access = Outbound.WithLoopback();
        using var first = access.Http(ConfigScope.Tenant);
        first.DefaultRequestHeaders.Add("Authorization", "Bearer mine");
        using var second = access.Http(ConfigScope.Tenant);
        Assert.Empty(second.DefaultRequestHeaders);
    }

    [Fact]
    public void Send_Synchronously_IsNotOffered()
    {
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1/");
        Assert.Throws<NotSupportedException>(() => client.Send(request, Token));
    }

    [Fact]
    public async Task SendAsync_Traced_SendsTheTraceButNotTheBaggage()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var activity = new Activity("call").AddBaggage("customer", "acme").Start();
        activity.TraceStateString = "internal=1";
        var head = new TaskCompletionSource<string>();
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            head.SetResult(await LoopbackServer.ReadHeadAsync(stream, token));
            await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), token);
        });
        using var access = Outbound.WithLoopback();

        await GetAsync(access, $"http://127.0.0.1:{server.Port}/");

        var sent = await head.Task;
        Assert.Contains($"traceparent: 00-{activity.TraceId}-", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("acme", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("tracestate", sent, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> GetAsync(OutboundAccess access, string url)
    {
        using var client = access.Http(ConfigScope.Tenant);
        return await client.GetStringAsync(new Uri(url), Token);
    }
}
