using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>Hosts are replaced one after the other while they are used, and the first of the new ones has changed the database in the way in which
/// migrations may: what is there stays, and what is new need not be given. The same program stands for both versions; one that is older than its
/// database runs on, and would not be started anew.</summary>
public sealed class RollingUpgradeTests : IClassFixture<ThreeDurableHosts>
{
    private const string NextVersion =
        """
        ALTER TABLE executions ADD COLUMN of_the_next_version text;
        ALTER TABLE execution_attempts ADD COLUMN of_the_next_version integer NOT NULL DEFAULT 0;
        ALTER TABLE integrations ADD COLUMN of_the_next_version boolean NOT NULL DEFAULT false;
        ALTER TABLE integration_revisions ADD COLUMN of_the_next_version text;
        ALTER TABLE host_nodes ADD COLUMN of_the_next_version text;
        CREATE TABLE things_of_the_next_version (id uuid PRIMARY KEY, integration_id uuid REFERENCES integrations (id) ON DELETE CASCADE);
        NOTIFY vaka_pauses, 'in the words of the next version';
        """;

    private readonly ThreeDurableHosts fixture;
    private readonly ConcurrentQueue<string> accepted = new();
    private readonly ConcurrentQueue<string> done = new();

    public RollingUpgradeTests(ThreeDurableHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task HostsReplacedUnderLoad_EveryCallIsTakenAndDoneOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (_, cancelled) =>
        {
            await Task.Delay(20, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var clients = fixture.All.Select(host => ThreeDurableHosts.On(host, tenant.Service)).ToList();
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 6).Select(i => CallAsync(clients, first: i, isDurable: i % 3 != 0, enough.Token)).ToList();
        await MoreAsync(100);

        await fixture.QueryAsync(NextVersion);
        await MoreAsync(100);
        foreach (var host in fixture.All)
        {
            await host.TerminateAsync();
            Assert.Equal(0, await host.WaitForExitAsync());
            await MoreAsync(100);
            await host.StartAsync();
            await MoreAsync(100);
        }

        await enough.CancelAsync();
        await Task.WhenAll(callers);
        foreach (var id in accepted) await tenant.Service.WaitForAsync(id, "succeeded", seconds: 60);
        var delivered = sink.Requests.Select(request => request.Header("webhook-id")).ToList();
        Assert.Equal(accepted.Concat(done).Order(), delivered.Select(id => Guid.ParseExact(id!["msg_".Length..], "N").ToString()).Order());
    }

    // As a load balancer does it: a host that goes is passed over, and under its key a call may be sent again.
    private async Task CallAsync(IReadOnlyList<HttpClient> clients, int first, bool isDurable, CancellationToken enough)
    {
        for (var i = first; !enough.IsCancellationRequested; i++)
        {
            var key = $"{Guid.NewGuid():N}";
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            for (var at = i; ; at++)
            {
                if (await SendAsync(clients[at % clients.Count], key, isDurable) is { } id)
                {
                    (isDurable ? accepted : done).Enqueue(id);
                    break;
                }

                await Task.Delay(10, patience.Token);
            }

            await Task.Delay(20, CancellationToken.None); // many calls, and not as many as go
        }
    }

    private async Task<string?> SendAsync(HttpClient client, string key, bool isDurable)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "actions/webhook/push_data")
        {
            Content = JsonContent.Create(new { input = new { data = key } }),
            Headers = { { "Idempotency-Key", key } },
        };
        if (isDurable) request.Headers.Add("Prefer", "respond-async");
        try
        {
            using var response = await client.SendAsync(request, CancellationToken.None);
            var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None))!; // every body is an object
            if (response.IsSuccessStatusCode) return answer.Text("execution_id");
            Assert.Contains(answer.Text("code"), new[] { "host_stopping", "execution_in_progress" });
            return null;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private async Task MoreAsync(int count)
    {
        var goal = accepted.Count + done.Count + count;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (accepted.Count + done.Count < goal) await Task.Delay(10, patience.Token);
    }
}
