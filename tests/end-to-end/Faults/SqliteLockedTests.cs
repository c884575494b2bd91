using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>Another process holds the write lock of the SQLite file for a while.</summary>
public sealed class SqliteLockedTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task FileIsLocked_WritesSaySo_ReadsAndActionsGoOn_AndEverythingRecovers()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        var writers = Writers.Start(Enumerable.Repeat(tenant.Admin, 4));
        await writers.MoreAsync(10);
        string execution;
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(fixture.Directory, "data", "vaka.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var hold = connection.BeginTransaction(deferred: false);

            var waited = Stopwatch.StartNew();
            var write = tenant.Admin.PostAsJsonAsync(
                "integrations", new { name = "x", integration_type = "webhook", config = new { url = "https://example.com/" } });
            execution = await AssertGoesOnAsync(tenant);
            using var refused = await write;
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"It took {waited.Elapsed}.");
            var text = await refused.Content.ReadAsStringAsync();
            Assert.True(refused.StatusCode == HttpStatusCode.ServiceUnavailable, text);
            Assert.Equal("database_unavailable", JsonNode.Parse(text)!.AsObject().Text("code")); // every body is an object
            await AssertGoesOnAsync(tenant);
        }

        await writers.MoreAsync(10);
        await writers.StopAsync();
        await writers.AssertNothingLostAsync(fixture);
        Assert.Equal("succeeded", (await MailTests.AwaitExecutionAsync(tenant.Service, execution)).Text("state"));
        Assert.True(fixture.Host.IsRunning, fixture.Host.Output);
    }

    private static async Task<string> AssertGoesOnAsync(Tenant tenant)
    {
        var waited = Stopwatch.StartNew();
        await tenant.Admin.GetJsonAsync("integrations");
        var pushed = await tenant.Service.PostAsync("actions/webhook/push_data", WebhookTests.Push);
        // The writes that wait each hold a thread, and the machine may have few.
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), $"It took {waited.Elapsed}.");
        return pushed.Text("execution_id");
    }
}
