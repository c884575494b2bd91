using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Packages;

/// <summary>A plugin that is installed, upgraded, rolled back and removed by the command line while hosts serve with it.</summary>
public abstract class PackagesTests
{
    private const string Type = "fixture_upgrade";

    // Nothing here is to be quick, on whatever machine it runs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HostFixture fixture;
    private readonly HttpClient[] hosts;

    private protected PackagesTests(HostFixture fixture, Func<HttpClient, HttpClient[]> hosts)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
        this.hosts = hosts(fixture.Admin);
    }

    [Fact]
    public async Task UpgradeAndRollback_UnderLoad_NoCallFails()
    {
        await RunAsync(0, "plugins", "add", Fixture("upgrade-1"));
        await UntilVersionAsync("1.0.0");
        await CreateAsync("Loaded", new { label = "hello", token = "s3cret" });
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentBag<(HttpStatusCode Status, string Text)>();
        var load = hosts.SelectMany(host => Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested) answers.Add(await TellAsync(host, worker * 20));
        }))).ToList();

        await RunAsync(0, "plugins", "add", Fixture("upgrade-2"));
        await UntilVersionAsync("2.0.0");
        await UntilAsync(() => answers.Any(answer => answer.Text.Contains("\"version\":2")));
        await RunAsync(0, "plugins", "rollback", Type);
        await UntilVersionAsync("1.0.0");
        await UntilAsync(() => fixture.Host.Output.Split("which was replaced, is unloaded").Length > 2);
        await end.CancelAsync();
        await Task.WhenAll(load);

        Assert.DoesNotContain(answers, answer => answer.Status != HttpStatusCode.OK);
        Assert.Contains(answers, answer => answer.Text.Contains("\"version\":1"));
        Assert.All(answers, answer => Assert.Contains("\"label\":\"hello\",\"token\":6", answer.Text));
        await DeleteAllAsync();
        await RunAsync(0, "plugins", "remove", Type);
    }

    [Fact]
    public async Task ConfigsOfAnotherVersion_AreTriedBeforeAndGivenBackAfterwards()
    {
        await RunAsync(0, "plugins", "add", Fixture("upgrade-1"));
        await UntilVersionAsync("1.0.0");
        var stuck = await CreateAsync("Stuck", new { label = "stuck" });
        var edited = await CreateAsync("Edited", new { label = "before", token = "s3cret" });

        // It is tried first.
        var (_, error) = await RunAsync(1, "plugins", "add", Fixture("upgrade-2"));
        Assert.Contains($"1 of 2 integrations of {Type} could not be used with version 2.0.0", error);
        Assert.Contains(stuck, error);
        Assert.DoesNotContain(edited, error);
        var (output, _) = await RunAsync(0, "plugins", "add", Fixture("upgrade-2"), "--force");
        Assert.Contains("1 could not be used", output);
        await UntilVersionAsync("2.0.0");
        Assert.Equal("needs_migration", (await TellAsync(fixture.Admin, "Stuck", HttpStatusCode.Conflict)).Text("reason"));
        Assert.Equal("before", (await TellAsync(fixture.Admin, "Edited"))["output"]!["label"]!.GetValue<string>());
        Assert.Equal(["1", "1"], await fixture.QueryAsync($"SELECT config_version FROM integrations WHERE integration_type = '{Type}'"));

        // What was saved since cannot be read by the version before, unless its last config from then is taken.
        await fixture.Admin.PatchAsync($"integrations/{edited}", new { config = new { title = "after" } });
        (output, _) = await RunAsync(0, "plugins", "rollback", Type);
        Assert.Contains("1 integrations have a config that was saved with the newer version", output);
        Assert.Contains(edited, output);
        await UntilVersionAsync("1.0.0");
        Assert.Equal("needs_migration", (await TellAsync(fixture.Admin, "Edited", HttpStatusCode.Conflict)).Text("reason"));
        await RunAsync(0, "plugins", "rollback", Type);
        await UntilVersionAsync("2.0.0");
        Assert.Equal("after", (await TellAsync(fixture.Admin, "Edited"))["output"]!["label"]!.GetValue<string>());
        await RunAsync(0, "plugins", "rollback", Type, "--restore-configs");
        await UntilVersionAsync("1.0.0");
        await UntilAsync(async () =>
        {
            using var response = await fixture.Admin.PostAsync($"actions/{Type}/tell", Wire.Raw("""{"integration":"Edited","input":{}}"""));
            return response.IsSuccessStatusCode;
        });
        var told = await TellAsync(fixture.Admin, "Edited");
        Assert.Equal(("before", 6), (told["output"]!["label"]!.GetValue<string>(), told["output"]!["token"]!.GetValue<int>()));

        // Rows stay when the plugin goes.
        await RunAsync(0, "plugins", "remove", Type);
        await UntilAsync(async () => (await fixture.Admin.GetJsonAsync($"providers/{Type}")).Text("state") == "missing");
        Assert.Equal("plugin_not_loaded", (await TellAsync(fixture.Admin, "Edited", HttpStatusCode.Conflict)).Text("reason"));
        Assert.Equal("Edited", (await fixture.Admin.GetJsonAsync($"integrations/{edited}")).Text("name"));
        await DeleteAllAsync();
    }

    [Fact]
    public async Task Package_PackedAndSigned_IsInstalledAndListed()
    {
        var package = Path.Combine(fixture.Directory, "upgrade.1.0.0.zip");
        await RunAsync(0, "plugins", "pack", Fixture("upgrade-1"), "-o", package);
        var (output, _) = await RunAsync(0, "plugins", "add", package);
        Assert.Contains($"{Type} 1.0.0 is installed.", output);
        (output, _) = await RunAsync(0, "plugins", "list");
        Assert.Matches($@"(?m)^{Type} +active +1\.0\.0 +package", output);
        Assert.Matches(@"(?m)^webhook +active .* folder", output);
        await RunAsync(1, "plugins", "add", Path.Combine(fixture.Directory, "nothing.zip"));
        await RunAsync(0, "plugins", "remove", Type);
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    private static async Task<(HttpStatusCode Status, string Text)> TellAsync(HttpClient client, int waitMs)
    {
        using var response = await client.PostAsync($"actions/{Type}/tell", Wire.Raw($$$"""{"input":{"wait_ms":{{{waitMs}}}}}"""));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task<JsonObject> TellAsync(HttpClient client, string integration, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.PostAsync($"actions/{Type}/tell", new { integration, input = new { } }, expected);

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(20)) Assert.True(waited.Elapsed < Patience, "It did not happen.");
    }

    private async Task UntilVersionAsync(string version)
    {
        foreach (var host in hosts)
        {
            await UntilAsync(async () =>
            {
                using var response = await host.GetAsync($"providers/{Type}");
                return response.IsSuccessStatusCode && (await response.Content.ReadAsStringAsync()).Contains($"\"version\":\"{version}\",");
            });
        }
    }

    private async Task<string> CreateAsync(string name, object config) =>
        (await fixture.Admin.PostAsync("integrations", new { name, integration_type = Type, config }, HttpStatusCode.Created)).Text("id");

    private async Task DeleteAllAsync()
    {
        foreach (var row in (await fixture.Admin.GetJsonAsync($"integrations?integration_type={Type}"))["items"]!.AsArray())
        {
            using var response = await fixture.Admin.DeleteAsync($"integrations/{row!.AsObject().Text("id")}");
        }
    }

    private async Task<(string Output, string Error)> RunAsync(int code, params string[] command)
    {
        var (ended, output, error) = await fixture.Host.RunCommandAsync(command);
        Assert.True(ended == code, $"{string.Join(' ', command)} ended with {ended}: {output}{error}");
        return (output, error);
    }
}

public sealed class PackagesOnSqliteTests(SqliteHost fixture) : PackagesTests(fixture, client => [client]), IClassFixture<SqliteHost>;

public sealed class PackagesOnTwoHostsTests(TwoHostsTests.TwoHosts fixture)
    : PackagesTests(fixture, client => [client, fixture.OnTheOther(client)]), IClassFixture<TwoHostsTests.TwoHosts>;
