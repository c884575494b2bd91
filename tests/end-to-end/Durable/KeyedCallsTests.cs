using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>Durable calls with an idempotency key, sent to three hosts.</summary>
public sealed class KeyedCallsTests : IClassFixture<ThreeDurableHosts>
{
    private readonly ThreeDurableHosts fixture;

    public KeyedCallsTests(ThreeDurableHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task SentAgainAndAgain_IsAcceptedOnceAndDoneOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var clients = fixture.All.Select(host => ThreeDurableHosts.On(host, tenant.Service)).ToList();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => SendAsync(clients[i % clients.Count], "order-4711", new { input = new { data = 1 } })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        var id = Assert.Single(answers.Select(answer => answer.Body.Text("execution_id")).Distinct());
        Assert.Single(answers, answer => !answer.IsReplayed);
        await tenant.Service.WaitForAsync(id, "succeeded");
        var later = await SendAsync(clients[1], "order-4711", new { input = new { data = 1 } });
        Assert.Equal((id, "succeeded", true), (later.Body.Text("execution_id"), later.Body.Text("state"), later.IsReplayed));
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task OtherCallUnderTheSameKey_IsRefused()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        await SendAsync(tenant.Service, "one", new { input = new { data = 1 } });
        foreach (var other in new object[] { new { input = new { data = 2 } }, new { input = new { data = 1 }, not_before = DateTimeOffset.UtcNow.AddHours(1) } })
        {
            var refused = await SendAsync(tenant.Service, "one", other);
            Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_conflict"), (refused.Status, refused.Body.Text("code")));
        }
    }

    private static async Task<(HttpStatusCode Status, JsonObject Body, bool IsReplayed)> SendAsync(HttpClient client, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "actions/webhook/push_data")
        {
            Content = JsonContent.Create(body),
            Headers = { { "Prefer", "respond-async" }, { "Idempotency-Key", key } },
        };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!, response.Headers.Contains("Idempotency-Replayed")); // an object
    }
}
