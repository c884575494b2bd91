using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.AtSize;

namespace Vaka.Plugins.EndToEnd.Tests.AtSize;

/// <summary>GET /executions over HTTP, one request at a time, with 20,000 executions, and with 10,000,000 where VAKA_TEST_LONG is 1.</summary>
public abstract class ManyExecutionsTests : IDisposable
{
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(Size.IsLong ? 100 : 1000);

    private readonly HostFixture fixture;
    private readonly ITestOutputHelper output;
    private readonly List<string> missed = [];

    protected ManyExecutionsTests(HostFixture fixture, ITestOutputHelper output)
    {
        (this.fixture, this.output) = (fixture, output);
        fixture.SkipUnlessAvailable();
    }

    internal static int Rows => Size.IsLong ? 10_000_000 : 20_000;

    /// <summary>What the large tenant asks, and whether there is nothing of it.</summary>
    public static TheoryData<string, bool> OfTheLargeTenant => new()
    {
        { "", false },
        { "limit=200", false },
        { "state=succeeded", false },
        { "state=dead", false },
        { "state=unknown", false },
        { "state=queued", false },
        { "state=running", false },
        { "state=cancelled", false },
        { "state=awaiting_approval", true },
        { "integration_type=webhook", false },
        { "integration_type=slack", false },
        { "integration_type=sso", true },
        { "action=create_issue", false },
        { "action=add_comment", false },
        { "action=post_message", false },
        { "action=nothing", true },
        { "integration_type=jira&action=add_comment", false },
        { "integration_type=webhook&action=send_email", true },
        { "integration_id=frequent", false },
        { "integration_id=old", false },
        { "integration_id=platform", false },
        { "integration_id=none", true },
        { "integration_id=frequent&state=dead", false },
        { "integration_id=frequent&state=cancelled", false },
        { "integration_id=old&state=queued", true },
        { "integration_id=frequent&integration_type=smtp", true },
        { "state=dead&action=add_comment", false },
        { "state=dead&integration_type=slack", false },
        { "since=1h", false },
        { "since=7d&state=dead", false },
        { "since=7d&until=6d&integration_type=jira", false },
        { "since=7d&until=6d&action=nothing", true },
        { "since=7d&until=6d&integration_id=frequent&state=unknown", false },
        { "until=29d", false },
        { "until=31d", true },
        { "since=2100", true },
    };

    public void Dispose()
    {
        Assert.True(missed.Count == 0, $"What | p50 | p95 | max in ms, goal {Goal.TotalMilliseconds}:\n{string.Join('\n', missed)}");
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(OfTheLargeTenant))]
    public async Task List_OfTheLargeTenant_AnswersInTime(string filters, bool isNothing)
    {
        var address = Address(filters);
        await MeasureAsync($"large tenant: {filters}", () => AskAsync(ManyExecutions.LargeTenant, address));

        // On to the first page that holds anything, or to the end, however far it is; then deep into the middle.
        var page = await AskAsync(ManyExecutions.LargeTenant, address);
        var (start, pages) = (Stopwatch.GetTimestamp(), 1);
        for (; Items(page) == 0 && Next(page) is { } cursor; pages++) page = await AskAsync(ManyExecutions.LargeTenant, $"{address}&cursor={cursor}");
        if (isNothing) Assert.Equal(0, Items(page));
        if (pages > 1) await FigureAsync($"large tenant: {filters}: looked through {pages} pages in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        var at = 0;
        await MeasureAsync($"large tenant: {filters}, deep", () => AskAsync(ManyExecutions.LargeTenant, $"{address}&cursor={Deep(at++)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("state=dead")]
    [InlineData("state=cancelled")]
    [InlineData("integration_type=slack")]
    [InlineData("action=create_issue")]
    [InlineData("integration_id=platform")]
    [InlineData("integration_id=platform&state=dead")]
    [InlineData("since=7d&until=6d")]
    public async Task List_OfASmallTenant_AnswersInTime(string filters) =>
        await MeasureAsync($"small tenant: {filters}", () => AskAsync(ManyExecutions.SmallTenant, Address(filters)));

    [Theory]
    [InlineData("")]
    [InlineData("state=dead")]
    [InlineData("state=cancelled")]
    [InlineData("state=queued")]
    [InlineData("state=running")]
    [InlineData("action=nothing")]
    [InlineData("since=7d&until=6d&state=unknown")]
    public async Task List_OfAllTenants_AnswersInTime(string filters)
    {
        var address = $"{Address($"integration_id=platform&{filters}")}&tenant=all";
        var at = 0;
        await MeasureAsync($"all tenants: {filters}", () => AskAsync(null, address));
        await MeasureAsync($"all tenants: {filters}, deep", () => AskAsync(null, $"{address}&cursor={Deep(at++)}"));
    }

    private static string Address(string filters)
    {
        var now = DateTimeOffset.UtcNow;
        string Time(string text) => $"{(text == "2100" ? new DateTimeOffset(2100, 1, 1, 0, 0, 0, default) : now - (text[^1] == 'h' ? TimeSpan.FromHours(1) : TimeSpan.FromDays(int.Parse(text[..^1], CultureInfo.InvariantCulture)))).UtcDateTime:O}";
        return "executions?" + string.Join('&', filters.Split('&').Where(filter => filter.Length > 0).Select(filter => filter.Split('=') switch
        {
            ["since" or "until", var time] => $"{filter.Split('=')[0]}={Time(time)}",
            ["integration_id", var which] => $"integration_id={which switch
            {
                "frequent" => ManyExecutions.Integration(0), "old" => ManyExecutions.Integration(3), "platform" => ManyExecutions.PlatformIntegration, _ => Guid.Empty,
            }}",
            _ => filter,
        }));
    }

    // The lowest id of a time, as the ids of executions are.
    private static Guid Deep(int number)
    {
        var ms = DateTimeOffset.UtcNow.AddDays(-2 - (number * 7 % 27)).ToUnixTimeMilliseconds();
        return Guid.Parse($"{ms >> 16:x8}-{ms & 0xffff:x4}-7000-8000-000000000000");
    }

    private static int Items(JsonObject page) => page["items"]!.AsArray().Count;

    private static string? Next(JsonObject page) => page["next_cursor"]?.GetValue<string>();

    private Task<JsonObject> AskAsync(Guid? tenant, string path) => tenant is { } id
        ? fixture.Admin.SendAsync(HttpMethod.Get, path, null, System.Net.HttpStatusCode.OK, ("X-Tenant-Id", $"{id}"))
        : fixture.Admin.GetJsonAsync(path);

    private async Task MeasureAsync(string what, Func<Task> ask)
    {
        var times = new List<double>();
        for (var i = Size.IsLong ? -5 : 0; i < (Size.IsLong ? 40 : 2); i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            if (i >= 0) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        var p95 = times[(int)Math.Ceiling(times.Count * 0.95) - 1];
        var line = string.Create(CultureInfo.InvariantCulture, $"{what} | {times[times.Count / 2]:0.0} | {p95:0.0} | {times[^1]:0.0}");
        await FigureAsync(line);
        if ((Size.IsLong ? p95 : times[0]) >= Goal.TotalMilliseconds) missed.Add(line);
    }

    private async Task FigureAsync(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is { } file) await File.AppendAllTextAsync(file, $"{fixture.GetType().Name} | {line}\n");
    }

    /// <summary>Fills the database of a host that has made it, and starts the host again.</summary>
    private static async Task FillAsync(HostProcess host, DbConnection connection)
    {
        await host.KillAsync();
        await using (connection)
        {
            await connection.OpenAsync();
            foreach (var (id, tenant) in new[]
            {
                (ManyExecutions.Integration(0), (Guid?)ManyExecutions.LargeTenant), (ManyExecutions.Integration(3), ManyExecutions.LargeTenant),
                (ManyExecutions.PlatformIntegration, null),
            })
            {
                await ManyIntegrations.ExecuteAsync(connection, $"""
                    INSERT INTO integrations (id, tenant_id, name, integration_type, status, config, config_version, is_active, is_default, fallback, revision,
                        health_failures, next_probe_at, created_at, created_by, updated_at, updated_by)
                    VALUES ('{id}', {(tenant is null ? "NULL" : $"'{tenant}'")}, '{id}', 'webhook', 'inactive', '{"{}"}', 1, {(connection is NpgsqlConnection ? "false, false" : "0, 0")},
                        'when_inactive', 1, 0, '2100-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'test', '2026-01-01T00:00:00.000000Z', 'test')
                    """);
            }

            await ManyExecutions.FillAsync(connection, Rows);
        }

        if (connection is SqliteConnection) SqliteConnection.ClearAllPools();
        await host.StartAsync();
    }

    public sealed class OnSqlite : SqliteHost
    {
        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            var host = await base.StartAsync(settings);
            await FillAsync(host, new SqliteConnection($"Data Source={Path.Combine(Directory, "data", "vaka.db")}"));
            return host;
        }
    }

    public sealed class OnPostgres : PostgresHost
    {
        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            var host = await base.StartAsync(settings);
            await FillAsync(host, new NpgsqlConnection(ConnectionString));
            return host;
        }
    }
}

/// <summary>Nothing else runs while it is measured.</summary>
[Collection(nameof(SizeTests))]
public sealed class ManyExecutionsOnSqliteTests(ManyExecutionsTests.OnSqlite host, ITestOutputHelper output)
    : ManyExecutionsTests(host, output), IClassFixture<ManyExecutionsTests.OnSqlite>;

/// <inheritdoc cref="ManyExecutionsOnSqliteTests"/>
[Collection(nameof(SizeTests))]
public sealed class ManyExecutionsOnPostgresTests(ManyExecutionsTests.OnPostgres host, ITestOutputHelper output)
    : ManyExecutionsTests(host, output), IClassFixture<ManyExecutionsTests.OnPostgres>;
