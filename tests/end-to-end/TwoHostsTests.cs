using System.Diagnostics;
using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Two hosts on one PostgreSQL, started at the same moment on an empty database: what one acknowledges, the other goes by within a
/// second.</summary>
public sealed class TwoHostsTests : IClassFixture<TwoHostsTests.TwoHosts>
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    private readonly TwoHosts fixture;

    public TwoHostsTests(TwoHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task ChangedSecret_OnTheOtherHost_IsInUseWithinASecond()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        var made = await tenant.Admin.PostAsync("integrations", new
        {
            name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString(), auth = new { type = "bearer", token = "first" } },
        }, HttpStatusCode.Created);
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.OK);

        await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { config = new { auth = new { token = "second" } } });
        var acknowledged = Stopwatch.StartNew();
        while (acknowledged.Elapsed < Promise) Assert.Equal(HttpStatusCode.OK, await PushAsync(other));
        var before = sink.Requests.Count;
        for (var i = 0; i < 20; i++) await PushAsync(other);
        Assert.All(sink.Requests.Skip(before), request => Assert.Equal("Bearer second", request.Header("Authorization")));
        Assert.Contains(sink.Requests, request => request.Header("Authorization") == "Bearer first");
    }

    [Fact]
    public async Task RowAppearingWhereNoneWas_ServesOnTheOtherHost()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);

        // The other host remembers that there is none.
        Assert.Equal(HttpStatusCode.Conflict, await PushAsync(other));
        Assert.Equal(HttpStatusCode.Conflict, await PushAsync(other));
        await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.OK);
    }

    [Fact]
    public async Task DeactivatedRow_ServesNoMoreOnTheOtherHost()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        var made = await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.OK);
        await tenant.Admin.PostAsync($"integrations/{made.Text("id")}/deactivate", new { });
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task OtherSideAsksToWait_BothHostsLeaveItAlone()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        var made = await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() } }, HttpStatusCode.Created);
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.OK);

        sink.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(300)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await PushAsync(tenant.Service));
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.TooManyRequests);
        var before = sink.Requests.Count;
        foreach (var client in new[] { tenant.Service, other }) Assert.Equal(HttpStatusCode.TooManyRequests, await PushAsync(client));
        Assert.Equal(before, sink.Requests.Count);

        // An admin who has spoken to the other side ends it on both.
        await tenant.Admin.PatchAsync($"integrations/{made.Text("id")}", new { name = "Hook again" });
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(tenant.Service));
    }

    [Fact]
    public async Task Rate_IsSharedByBothHosts()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.Admin.PostAsync(
            "integrations",
            new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString() }, limits = new { max_calls_per_minute = 1 } },
            HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(tenant.Service));
        await EventuallyAsync(async () => (await PushAsync(other)) == HttpStatusCode.TooManyRequests);
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task EditsOfOneRowAtOnce_OneWinsAndTheOthersAreTold()
    {
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Admin);
        var made = await tenant.Admin.PostAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"integrations/{made.Text("id")}")
            {
                Content = Wire.Raw($$"""{"name":"Renamed {{i}}"}"""),
                Headers = { { "If-Match", "\"1\"" } },
            };
            using var response = await (i % 2 == 0 ? tenant.Admin : other).SendAsync(request);
            return response.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(9, answers.Count(status => status == HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, (await other.GetJsonAsync($"integrations/{made.Text("id")}"))["revision"]!.GetValue<int>());
    }

    [Fact]
    public async Task Migrations_OfTwoHostsAtOnce_RanOnce()
    {
        var applied = await fixture.QueryAsync("SELECT migration_id FROM \"__EFMigrationsHistory\"");
        Assert.NotEmpty(applied);
        Assert.Equal(applied.Distinct(), applied);
    }

    private static async Task<HttpStatusCode> PushAsync(HttpClient client)
    {
        using var response = await client.PostAsync("actions/webhook/push_data", Wire.Raw("""{"input":{"data":1}}"""));
        return response.StatusCode;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var waited = Stopwatch.StartNew(); !await holds();) Assert.True(waited.Elapsed < Promise, "It took more than a second.");
    }

    public sealed class TwoHosts : PostgresHost
    {
        private HostProcess? second;

        /// <summary>The same caller, asking the other host.</summary>
        public HttpClient OnTheOther(HttpClient client)
        {
            var other = new HttpClient { BaseAddress = new Uri(second!.Address, "api/v1/") }; // started with the first
            other.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
            return other;
        }

        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            var directory = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "second")).FullName;
            var both = await Task.WhenAll(base.StartAsync(settings), HostProcess.StartAsync(directory, settings));
            second = both[1];
            return both[0];
        }

        protected override async Task DropDatabaseAsync()
        {
            if (second is not null) await second.DisposeAsync();
            await base.DropDatabaseAsync();
        }
    }
}
