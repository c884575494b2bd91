using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>Callers that write without a pause while something goes wrong, and remember what was acknowledged.</summary>
internal sealed class Writers
{
    private readonly ConcurrentQueue<string> acknowledged = new();
    private readonly ConcurrentQueue<string> odd = new();
    private readonly CancellationTokenSource enough = new();
    private readonly List<Task> running;

    private Writers(IEnumerable<HttpClient> admins) => running = [.. admins.Select(WriteAsync)];

    /// <summary>The ids of the rows that were acknowledged so far.</summary>
    public IReadOnlyCollection<string> Acknowledged => acknowledged;

    public static Writers Start(params IEnumerable<HttpClient> admins) => new(admins);

    /// <summary>Waits until so many more were acknowledged.</summary>
    public async Task MoreAsync(int count)
    {
        var goal = acknowledged.Count + count;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (acknowledged.Count < goal) await Task.Delay(10, patience.Token);
    }

    /// <summary>Ends them. Every answer was either an acknowledgement or said clearly that the database is away.</summary>
    public async Task StopAsync()
    {
        await enough.CancelAsync();
        await Task.WhenAll(running);
        enough.Dispose();
        Assert.Empty(odd);
    }

    /// <summary>Everything that was acknowledged is there, whole.</summary>
    public async Task AssertNothingLostAsync(HostFixture host)
    {
        var there = await host.QueryAsync(
            "SELECT i.id FROM integrations i JOIN integration_revisions r ON r.integration_id = i.id AND r.revision = i.revision "
            + "JOIN audit_events a ON a.subject = CAST(i.id AS text) WHERE CAST(i.config AS text) LIKE '%$secret%'");
        Assert.Empty(acknowledged.Except(there));
    }

    private async Task WriteAsync(HttpClient admin)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                using var response = await admin.PostAsJsonAsync("integrations", new
                {
                    name = $"{Guid.NewGuid():N}", integration_type = "webhook",
                    config = new { url = "https://example.com/", signing_secret = "whsec_" + Convert.ToBase64String(new byte[32]) },
                }, CancellationToken.None);
                var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(CancellationToken.None))!; // every body is an object
                if (response.StatusCode is HttpStatusCode.Created) acknowledged.Enqueue(answer.Text("id"));
                else if (answer.Text("code") != "database_unavailable") odd.Enqueue(answer.ToJsonString());
                await Task.Delay(10);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                await Task.Delay(20); // the host is away
            }
        }
    }
}
