using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>The disk of the database server fills up under a running host and is cleared again.</summary>
public sealed class PostgresFullTests : IClassFixture<OwnPostgresHost>
{
    private readonly OwnPostgresHost fixture;

    public PostgresFullTests(OwnPostgresHost fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task DiskIsFull_WritesSaySo_ReadsAndActionsGoOn_AndEverythingRecovers()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await CreateAsync(tenant, "Hook", sink.Address);
        await FillUpAsync(tenant);
        await fixture.Server.FillAsync();
        var writers = Writers.Start(Enumerable.Repeat(tenant.Admin, 3));
        JsonObject? refusal = null;
        string? execution = null;
        try
        {
            for (var i = 0; refusal is null; i++)
            {
                Assert.True(i < 1000, "The disk never fills.");
                refusal = await CreateAsync(tenant, $"{i}", sink.Address);
            }

            Assert.Equal("database_unavailable", refusal.Text("code"));
            Assert.Contains("The disk of the database is full: make room", fixture.Host.Output);

            // Reading and calling need no room; the records wait.
            while (!fixture.Host.Output.Contains("execution records could not be written")) execution = await PushAsync(tenant);
            execution = await PushAsync(tenant);
            Assert.NotEmpty((await tenant.Admin.GetJsonAsync("integrations"))["items"]!.AsArray());
        }
        finally
        {
            await fixture.Server.ClearAsync();
        }

        await writers.MoreAsync(10);
        await writers.StopAsync();
        await writers.AssertNothingLostAsync(fixture);
        Assert.Equal("succeeded", (await MailTests.AwaitExecutionAsync(tenant.Service, execution)).Text("state"));
        Assert.True(fixture.Host.IsRunning, fixture.Host.Output);
    }

    /// <summary>Brings what every change and every run write into to a few pages below where files may not grow.</summary>
    private async Task FillUpAsync(Tenant tenant)
    {
        await MailTests.AwaitExecutionAsync(tenant.Service, await PushAsync(tenant));
        foreach (var table in new[] { "audit_events", "executions" })
        {
            // Rows smaller than any to come leave no page in which one of those would find room.
            var columns = await fixture.QueryAsync($"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'");
            var values = columns.Select(column => column switch
            {
                "id" => "gen_random_uuid()",
                "actor" or "caller" => "''",
                _ => column,
            });
            await fixture.QueryAsync(
                $"""
                DO $$ BEGIN
                    WHILE pg_relation_size('{table}') < 16 * 1024 * 1024 - 8 * 8192 LOOP
                        INSERT INTO {table} ({string.Join(", ", columns)})
                            SELECT {string.Join(", ", values)} FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) AS one, generate_series(1, 100);
                    END LOOP;
                END $$
                """);
        }
    }

    /// <summary><c>null</c>: it was made; else what the refusal says.</summary>
    private static async Task<JsonObject?> CreateAsync(Tenant tenant, string name, Uri address)
    {
        using var response = await tenant.Admin.PostAsJsonAsync("integrations", new { name, integration_type = "webhook", config = new { url = $"{address}" } });
        if (response.StatusCode is HttpStatusCode.Created) return null;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        return await response.Content.ReadFromJsonAsync<JsonObject>();
    }

    private static async Task<string> PushAsync(Tenant tenant) =>
        (await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push)).Text("execution_id");
}
