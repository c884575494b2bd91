using System.Net;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Testing;

public class WireTests
{
    [Fact]
    public async Task StubHttp_Queue_AnswersInOrderAndRecords()
    {
        using var wire = new StubHttp();
        wire.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), HttpAnswers.Json("""{"ok":true}"""));
        using var http = wire.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, "https://vendor.test/a?b=c") { Content = new ByteArrayContent([1, 2, 0]) };
        request.Headers.Add("X-Trace", ["one", "two"]);
        request.Content.Headers.ContentType = new("application/x-odd");

        using var first = await http.SendAsync(request);
        using var second = await http.GetAsync("https://vendor.test/");

        Assert.Equal(TimeSpan.FromSeconds(7), first.Headers.RetryAfter?.Delta);
        Assert.Equal("""{"ok":true}""", await second.Content.ReadAsStringAsync());
        var recorded = wire.Requests[0];
        Assert.Equal(("PUT", "https://vendor.test/a?b=c"), (recorded.Method, recorded.Uri.AbsoluteUri));
        Assert.Equal([1, 2, 0], recorded.Body);
        Assert.Equal("one, two", recorded.Header("x-trace"));
        Assert.Equal("application/x-odd", recorded.Header("Content-Type"));
    }

    [Fact]
    public async Task StubHttp_NothingQueued_FailsTheTest()
    {
        using var wire = new StubHttp();
        using var http = wire.CreateClient();
        await Assert.ThrowsAsync<InvalidOperationException>(() => http.GetAsync("https://vendor.test/"));
    }

    [Fact]
    public async Task StubHttp_Timeout_EndsWithTheCallersToken()
    {
        using var wire = new StubHttp().Otherwise(HttpAnswers.Timeout());
        using var http = wire.CreateClient();
        using var cancel = new CancellationTokenSource();
        var call = http.GetAsync("https://vendor.test/", cancel.Token);
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task CutInBody_StubAndPeer_FailAlike()
    {
        using var wire = new StubHttp().Otherwise(HttpAnswers.CutInBody(HttpStatusCode.OK));
        using var stubbed = wire.CreateClient();
        await Assert.ThrowsAsync<IntegrationException>(() => stubbed.GetStringAsync("https://vendor.test/"));

        await using var peer = await HttpPeer.StartAsync();
        peer.Otherwise(HttpAnswers.CutInBody(HttpStatusCode.OK));
        using var real = new LoopbackNetwork().CreateHttpClient(TlsOptions.Default);
        await Assert.ThrowsAsync<IntegrationException>(() => real.GetStringAsync(peer.Address));
    }

    [Fact]
    public async Task Cut_Peer_EndsBeforeTheAnswer()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Next(HttpAnswers.Cut());
        using var real = new LoopbackNetwork().CreateHttpClient(TlsOptions.Default);
        await Assert.ThrowsAsync<IntegrationException>(() => real.GetAsync(peer.Address));
        using var next = await real.GetAsync(peer.Address);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task StubHttp_EndlessBody_IsCutOffAtSixteenMebibytes()
    {
        using var wire = new StubHttp().Otherwise(HttpAnswers.Endless());
        using var http = wire.CreateClient();
        await Assert.ThrowsAsync<IntegrationException>(() => http.GetStringAsync("https://vendor.test/"));
    }
}
