using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.AtSize;

namespace Vaka.Plugins.EndToEnd.Tests.AtSize;

/// <summary>Lists, searches and resolves over HTTP, one request at a time, in a database that is as large as it is meant to be.</summary>
public abstract class SizeTests : IDisposable
{
    private const string All = "integrations?tenant=all";
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(Size.IsLong ? 20 : 1000);

    private readonly HostFixture fixture;
    private readonly ITestOutputHelper output;
    private readonly List<string> missed = [];

    protected SizeTests(HostFixture fixture, ITestOutputHelper output)
    {
        (this.fixture, this.output) = (fixture, output);
        fixture.SkipUnlessAvailable();
    }

    public void Dispose()
    {
        Assert.True(missed.Count == 0, $"What | p50 | p95 | max in ms, goal {Goal.TotalMilliseconds}:\n{string.Join('\n', missed)}");
        GC.SuppressFinalize(this);
    }

    /// <summary>What is asked, and whether there is anything.</summary>
    public static TheoryData<string, bool> Lists => new()
    {
        { "", true },
        { "&limit=200", true },
        { "&integration_type=smtp", true },
        { "&integration_type=teams", true },
        { "&status=active", true },
        { "&status=error", true },
        { "&health_status=error", true },
        { "&is_active=false", true },
        { "&is_active=true", true },
        { "&integration_type=jira&status=error", true },
        { "&integration_type=teams&health_status=error&limit=20", true },
        { "&integration_type=slack&status=active&health_status=warning&is_active=true", true },
        { "&status=inactive&health_status=error", false },
        { "&status=configuring&integration_type=webhook&health_status=error", false },
        { "&status=active&is_active=false", false },
        { "&integration_type=unknown", false },
        { "&q=team", true },
        { "&q=TEAM&limit=200", true },
        { "&q=e", true },
        { "&q=zq", false },
        { "&q=z", false },
        { "&q=no such name anywhere", false },
        { "&q=0001234", true },
        { "&q=payroll 00", true },
        { "&q=rollout", true },
        { "&q=ro", true },
        { "&q=mail&integration_type=smtp", false },
        { "&q=rollout&integration_type=smtp", false },
        { "&q=rollout&status=error", true },
        { "&q=team&health_status=error", true },
        { "&q=team&integration_type=teams", false },
        { "&q=payroll&integration_type=webhook&is_active=true", true },
        { "&name=Team 0001234", false },
        { "&name=nobody", false },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_OfAllTenants_AnswersInTime(string filters, bool isSomething)
    {
        var page = await fixture.Admin.GetJsonAsync($"{All}{filters}");
        Assert.Equal(isSomething, page["items"]!.AsArray().Count > 0);
        await MeasureAsync($"all{filters}", () => fixture.Admin.GetJsonAsync($"{All}{filters}"));

        // Pages that lie deep in the answer.
        var cursors = new List<string>();
        for (var next = page; cursors.Count < (Size.IsLong ? 20 : 2) && next["next_cursor"]?.GetValue<string>() is { } cursor;)
        {
            cursors.Add(cursor);
            next = await fixture.Admin.GetJsonAsync($"{All}{filters}&cursor={cursor}");
        }

        foreach (var part in new[] { 0.3, 0.6, 0.9 }) cursors.Add(Cursor((int)(Size.Rows * part)));
        var at = 0;
        await MeasureAsync($"all{filters}, next pages", () => fixture.Admin.GetJsonAsync($"{All}{filters}&cursor={cursors[at++ % cursors.Count]}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?integration_type=slack&status=active")]
    [InlineData("?q=team")]
    [InlineData("?q=nowhere")]
    [InlineData("?name=nobody")]
    [InlineData("?health_status=error&is_active=true")]
    public async Task List_OfOneTenant_AnswersInTime(string filters)
    {
        var number = 1;
        await MeasureAsync($"one tenant{filters}", () => AsTenantAsync(number++ * 37 % (Size.Rows / 10), $"integrations{filters}"));
        await MeasureAsync($"the largest tenant ({Size.Rows / 100} rows){filters}", () => AsTenantAsync(0, $"integrations{filters}"));
        await MeasureAsync($"platform{filters}", () => fixture.Admin.GetJsonAsync($"integrations{filters}"));
    }

    [Fact]
    public async Task Resolve_OfTenantsNotAskedBefore_AnswersInTime()
    {
        var number = 1;
        await MeasureAsync("resolve, cold", () => ResolveAsync("sso", number++ * 41 % (Size.Rows / 10)));
    }

    [Fact]
    public async Task Resolve_OfManyTenants_TakesLittleMemory()
    {
        var before = fixture.Host.Memory;
        var half = 0L;
        foreach (var type in new[] { "webhook", "jira" })
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Size.IsLong ? 20_000 : 200), new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (tenant, _) => await ResolveAsync(type, tenant));
            if (half == 0) half = fixture.Host.Memory;
        }

        var after = fixture.Host.Memory;
        output.WriteLine($"memory: {before >> 20} MiB, {half >> 20} MiB with one integration of each tenant resolved, {after >> 20} MiB with two");
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is { } file)
            await File.AppendAllTextAsync(file, $"{fixture.GetType().Name} | memory in MiB | {before >> 20} | {half >> 20} | {after >> 20}\n");
        Assert.InRange(after, 0, 1L << 30);
    }

    [Fact]
    public async Task Write_Integration_IsFoundAtOnceAndInTime()
    {
        var number = 0;
        await MeasureAsync("create", () => fixture.Admin.PostAsync(
            "integrations",
            new { name = $"Written {++number} {Guid.NewGuid():N}", integration_type = "webhook", is_active = false, config = new { url = "https://example.com" } },
            System.Net.HttpStatusCode.Created), TimeSpan.FromSeconds(1));
        Assert.Equal(Math.Min(number, 50), (await fixture.Admin.GetJsonAsync($"{All}&q=WRITTEN"))["items"]!.AsArray().Count);
    }

    [Fact]
    public void Start_WithAllRows_TakesNoLongerThanWithNone()
    {
        var (empty, full) = ((ISizedHost)fixture).Starts;
        output.WriteLine($"start: {empty.TotalSeconds:0.0} s with no rows, {full.TotalSeconds:0.0} s with {Size.Rows}");
        Assert.InRange(full, TimeSpan.Zero, (empty * 2) + TimeSpan.FromSeconds(5));
    }

    private async Task ResolveAsync(string type, int tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"integrations/effective?integration_type={type}");
        request.Headers.Add("X-Tenant-Id", $"{ManyIntegrations.Tenant(tenant)}");
        using var response = await fixture.Admin.SendAsync(request);
        await response.Content.ReadAsStringAsync();
    }

    private async Task<JsonObject> AsTenantAsync(int tenant, string path) => await fixture.Admin.SendAsync(
        HttpMethod.Get, path, null, System.Net.HttpStatusCode.OK, ("X-Tenant-Id", $"{ManyIntegrations.Tenant(tenant)}"));

    private async Task MeasureAsync(string what, Func<Task> ask, TimeSpan? goal = null)
    {
        var times = new List<double>();
        for (var i = Size.IsLong ? -10 : 0; i < (Size.IsLong ? 60 : 3); i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            if (i >= 0) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        var p95 = times[(int)Math.Ceiling(times.Count * 0.95) - 1];
        var line = string.Create(CultureInfo.InvariantCulture, $"{what} | {times[times.Count / 2]:0.0} | {p95:0.0} | {times[^1]:0.0}");
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is { } file) await File.AppendAllTextAsync(file, $"{fixture.GetType().Name} | {line}\n");
        if ((Size.IsLong ? p95 : times[times.Count / 2]) >= (goal ?? Goal).TotalMilliseconds) missed.Add(line);
    }

    // As the host writes them: a made-up place between two rows.
    private static string Cursor(int row)
    {
        var id = ManyIntegrations.Rows(row, row + 1, Size.Rows).Single().Id;
        return Convert.ToBase64String(id.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}

/// <summary>Nothing else runs while it is measured.</summary>
[CollectionDefinition(nameof(SizeTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(SizeTests))]
public sealed class SizeOnSqliteTests(SizedSqliteHost host, ITestOutputHelper output) : SizeTests(host, output), IClassFixture<SizedSqliteHost>;

[Collection(nameof(SizeTests))]
public sealed class SizeOnPostgresTests(SizedPostgresHost host, ITestOutputHelper output) : SizeTests(host, output), IClassFixture<SizedPostgresHost>;
