using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Idempotency;

/// <summary>The same call sent to two hosts at the same time, again and again.</summary>
public sealed class TwoHostsIdempotencyTests : IClassFixture<TwoHostsTests.TwoHosts>
{
    private const int Duplicates = 50;

    private readonly TwoHostsTests.TwoHosts fixture;

    public TwoHostsIdempotencyTests(TwoHostsTests.TwoHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task FiftyDuplicatesOnTwoHosts_AreDoneOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.Otherwise(async (_, cancelled) =>
        {
            await gate.Task.WaitAsync(cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        HttpClient[] hosts = [tenant.Service, other];
        var key = Guid.NewGuid().ToString();

        var all = Enumerable.Range(0, Duplicates).Select(i => SendAsync(hosts[i % 2])).ToList();
        var late = new List<KeyedAnswer>();
        for (var open = all.ToList(); late.Count < Duplicates - 1;)
        {
            var ended = await Task.WhenAny(open).WaitAsync(TimeSpan.FromSeconds(30));
            open.Remove(ended);
            late.Add(await ended);
        }

        gate.SetResult();
        var done = Assert.Single(await Task.WhenAll(all), answer => answer.Status is HttpStatusCode.OK);
        Assert.All(late, answer => Assert.Equal((HttpStatusCode.Conflict, "execution_in_progress"), (answer.Status, answer.Json.Text("code"))));
        var again = await Task.WhenAll(Enumerable.Range(0, Duplicates).Select(i => SendAsync(hosts[i % 2])));
        Assert.All(again, answer => Assert.Equal((HttpStatusCode.OK, done.Text, true), (answer.Status, answer.Text, answer.IsReplayed)));
        Assert.Single(sink.Requests);
        Assert.Single((await other.GetJsonAsync("executions"))["items"]!.AsArray());

        Task<KeyedAnswer> SendAsync(HttpClient host) => KeyedAnswer.SendAsync(host, "actions/webhook/push_data", """{"input":{"data":1}}""", key);
    }
}
