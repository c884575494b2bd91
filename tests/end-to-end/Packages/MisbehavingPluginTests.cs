using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Packages;

/// <summary>A plugin that throws, hangs, holds threads and answers garbage wherever it is called, beside one that works.</summary>
public sealed class MisbehavingPluginTests(MisbehavingPluginTests.MisbehavingHost fixture) : IClassFixture<MisbehavingPluginTests.MisbehavingHost>
{
    private const string Type = "fixture_misbehaves";

    [Fact]
    public async Task Plugin_ThatMisbehavesEverywhere_HarmsNobodyElseAndIsQuarantined()
    {
        var (bad, good) = (await fixture.TenantAsync(), await fixture.TenantAsync());
        await CreateAsync(good, "fixture_good", new { endpoint = "https://works.example.com/" }, HttpStatusCode.Created);

        // What it throws and answers is told in the host's own words.
        Assert.Equal("provider_failed", await CreateAsync(bad, Type, new { validate = "throw" }, HttpStatusCode.BadGateway));
        Assert.Equal("invalid_config", await CreateAsync(bad, Type, new { validate = "garbage" }, HttpStatusCode.UnprocessableEntity));
        foreach (var probe in new[] { "throw", "garbage" })
        {
            var tested = await bad.Admin.PostAsync("integrations/test", new { integration_type = Type, config = new { probe } });
            Assert.Equal("error", tested.Text("health_status"));
            Assert.DoesNotContain("hunter2", tested.ToJsonString());
            await bad.Admin.PostAsync($"providers/{Type}/options/field", new { config = new { options = probe } }, HttpStatusCode.BadGateway);
        }

        await CreateAsync(bad, Type, new { }, HttpStatusCode.Created);
        await ActAsync(bad, "throw", HttpStatusCode.BadGateway);
        await ActAsync(bad, "garbage", HttpStatusCode.BadGateway);
        Assert.Equal("active", await StateAsync());

        // Five calls that do not heed their time: one in its validation, four in its action.
        using var end = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested) await good.Service.PostAsync("actions/fixture_good/echo", new { input = new { text = "x" } });
        });
        Assert.Equal("provider_timeout", await CreateAsync(bad, Type, new { validate = "block" }, HttpStatusCode.GatewayTimeout));
        Assert.Equal("active", await StateAsync());
        await Task.WhenAll(new[] { "block", "block", "hang", "hang" }.Select(how => ActAsync(bad, how, HttpStatusCode.GatewayTimeout)));
        while (await StateAsync() != "quarantined") await Task.Delay(20);
        var refused = await bad.Service.PostAsync($"actions/{Type}/act", new { input = new { } }, HttpStatusCode.Conflict);
        Assert.Equal("plugin_not_loaded", refused.Text("reason"));
        await end.CancelAsync();
        await others;

        // An admin may try it once more.
        await fixture.Admin.PostAsync($"providers/{Type}/enable", new { });
        Assert.Equal("active", await StateAsync());
        await ActAsync(bad, "good", HttpStatusCode.OK);
    }

    private static async Task<string> CreateAsync(Tenant tenant, string type, object config, HttpStatusCode expected) =>
        (await tenant.Admin.PostAsync("integrations", new { name = $"A {type}", integration_type = type, config }, expected)) is var answer && answer.ContainsKey("code")
            ? answer.Text("code")
            : "";

    private static Task ActAsync(Tenant tenant, string how, HttpStatusCode expected) =>
        tenant.Service.PostAsync($"actions/{Type}/act", new { input = new { how } }, expected);

    private async Task<string> StateAsync() => (await fixture.Admin.GetJsonAsync($"providers/{Type}")).Text("state");

    public sealed class MisbehavingHost : SqliteHost
    {
        protected override IEnumerable<string> Settings => [$"--Plugins:Directory={Path.Combine(Directory, "plugins")}"];

        protected override Task PrepareAsync()
        {
            var plugins = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "plugins")).FullName;
            foreach (var name in new[] { "good", "misbehaves" })
                System.IO.Directory.CreateSymbolicLink(Path.Combine(plugins, name), Path.Combine(AppContext.BaseDirectory, "fixtures", name));
            return Task.CompletedTask;
        }
    }
}
