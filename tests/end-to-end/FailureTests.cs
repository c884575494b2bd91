using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>A host among third parties' plugins, good and broken: what a provider throws is what a caller is told, and no plugin stops
/// another.</summary>
public sealed class FailureTests(FixtureHost fixture) : IClassFixture<FixtureHost>
{
    [Theory]
    [InlineData("invalid_input", 422, "invalid_input")]
    [InlineData("rate_limited", 429, "rate_limited")]
    [InlineData("unavailable", 503, "provider_unavailable")]
    [InlineData("unauthorized", 502, "provider_failed")]
    [InlineData("forbidden", 502, "provider_failed")]
    [InlineData("not_found", 502, "provider_failed")]
    [InlineData("rejected", 502, "provider_failed")]
    [InlineData("invalid_configuration", 502, "provider_failed")]
    [InlineData("outcome_unknown", 502, "provider_failed")]
    [InlineData("unexpected", 502, "provider_failed")]
    public async Task Action_FailsInAKind_IsAnsweredWithItsCode(string kind, int status, string code)
    {
        var tenant = await TenantAsync();
        var answer = await tenant.Service.PostAsync("actions/fixture_good/fail", new
        {
            input = new { kind, message = "Said by the provider.", retry_after_seconds = 9, field = "to[0]" },
        }, (HttpStatusCode)status);
        Assert.Equal(code, answer.Text("code"));
        Assert.Equal(kind, answer.Text("failure_kind"));
        Assert.Equal("Said by the provider.", answer.Text("detail"));
        Assert.Equal(9, answer["retry_after_seconds"]!.GetValue<int>());
        Assert.Equal("to[0]", answer["errors"]![0]!["path"]!.GetValue<string>());
        var execution = (await AwaitExecutionsAsync(tenant))[0]!.AsObject();
        Assert.Equal(kind == "outcome_unknown" ? "unknown" : "dead", execution.Text("state"));
        Assert.Equal(kind, execution.Text("failure_kind"));
    }

    [Fact]
    public async Task Action_ThrowsAnythingElse_ItsMessageIsWithheld()
    {
        var tenant = await TenantAsync();
        var answer = await tenant.Service.PostAsync("actions/fixture_good/crash", new { input = new { } }, HttpStatusCode.BadGateway);
        Assert.Equal("unexpected", answer.Text("failure_kind"));
        Assert.Contains("failed unexpectedly", answer.Text("detail"));
        Assert.DoesNotContain("Exception", answer.ToJsonString());
        var execution = await MailTests.AwaitExecutionAsync(tenant.Service, (await AwaitExecutionsAsync(tenant))[0]!["id"]!.GetValue<string>());
        Assert.Equal(answer.Text("detail"), execution.Text("error_message"));
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("block")]
    public async Task Action_Hangs_IsCutOffAfterTheConfigsTimeout(string action)
    {
        var tenant = await TenantAsync(timeoutSeconds: 1);
        var answer = await tenant.Service.PostAsync($"actions/fixture_good/{action}", new { input = new { } }, HttpStatusCode.GatewayTimeout);
        Assert.Equal(("provider_timeout", "outcome_unknown"), (answer.Text("code"), answer.Text("failure_kind")));
        Assert.Contains("1 seconds", answer.Text("detail"));
        var execution = (await AwaitExecutionsAsync(tenant))[0]!.AsObject();
        Assert.Equal("unknown", execution.Text("state"));
    }

    [Theory]
    [InlineData(true, "succeeded")]
    [InlineData(false, "unknown")]
    public async Task Durable_MayHaveBeenDone_IsLookedForAndNotRepeated(bool wasDone, string state)
    {
        var tenant = await TenantAsync();
        var id = await tenant.Service.AcceptAsync(new { input = new { kind = "unavailable", was_done = wasDone } }, "fixture_good/fail");
        var execution = await tenant.Service.WaitForAsync(id, state, seconds: 60);
        Assert.Equal(wasDone ? 1 : 2, execution["attempts"]!.AsArray().Count(attempt => attempt!["failure_kind"] is not null));
        if (!wasDone) Assert.Contains("look before trying again", execution.Text("error_message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Action_Internal_IsNotThere()
    {
        var tenant = await TenantAsync();
        await tenant.Service.PostAsync("actions/fixture_good/backstage", new { input = new { } }, HttpStatusCode.NotFound);
        var provider = await tenant.Service.GetJsonAsync("providers/fixture_good");
        Assert.True(provider["actions"]!.AsArray().Single(action => action!["name"]!.GetValue<string>() == "backstage")!["internal"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("crash.example.com", "unexpected")]
    [InlineData("error.example.com", null)]
    [InlineData("healthy.example.com", null)]
    public async Task Test_WhateverTheProbeDoes_IsAReport(string host, string? kind)
    {
        var tenant = await TenantAsync();
        var report = await tenant.Admin.PostAsync("integrations/test", new { integration_type = "fixture_good", config = new { endpoint = $"https://{host}/" } });
        Assert.Equal(host.StartsWith("healthy", StringComparison.Ordinal) ? "healthy" : "error", report.Text("health_status"));
        if (kind is not null) Assert.Equal(kind, report.Text("failure_kind"));
        Assert.Empty((await tenant.Admin.GetJsonAsync("integrations?name=unsaved"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Options_FromSavedAndUnsavedConfig_AreOffered()
    {
        var tenant = await TenantAsync();
        var unsaved = await tenant.Admin.PostAsync("providers/fixture_good/options/region", new { config = new { endpoint = "https://a.example.com/" } });
        Assert.NotEmpty(unsaved["items"]!.AsArray());
        var saved = await tenant.Admin.PostAsync("providers/fixture_good/options/region", new { });
        Assert.Equal(unsaved.ToJsonString(), saved.ToJsonString());
        await tenant.Admin.PostAsync(
            "providers/fixture_good/options/region", new { config = new { endpoint = "https://a.example.com/" }, integration = "x" }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Icon_IsServedSandboxed()
    {
        using var response = await fixture.Admin.GetAsync("providers/fixture_good/icon");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task BrokenPlugins_AreListedWithTheirReasonAndStopNobody()
    {
        var items = (await fixture.Admin.GetJsonAsync("providers"))["items"]!.AsArray()
            .ToDictionary(item => item!["type"]!.GetValue<string>(), item => item!.AsObject());
        Assert.Equal("active", items["fixture_good"].Text("state"));
        Assert.Equal("active", items["smtp"].Text("state"));
        foreach (var (type, state) in new[]
        {
            ("throws-in-constructor", "faulted"), ("newer-contract", "incompatible"), ("ships-contract", "incompatible"),
            ("not-a-plugin", "incompatible"), ("z-duplicate-type", "faulted"), ("garbage", "incompatible"),
        })
        {
            Assert.Equal(state, items[type].Text("state"));
            Assert.NotEmpty(items[type].Text("state_reason"));
        }

        Assert.Contains("needs contract 1.3, the host has 1.0", items["newer-contract"].Text("state_reason"));
    }

    private async Task<Tenant> TenantAsync(int timeoutSeconds = 30)
    {
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new
        {
            name = "Fixture", integration_type = "fixture_good", config = new { endpoint = "https://healthy.example.com/", timeout_seconds = timeoutSeconds },
        }, HttpStatusCode.Created);
        return tenant;
    }

    private static async Task<JsonArray> AwaitExecutionsAsync(Tenant tenant)
    {
        for (var i = 0; ; i++)
        {
            var items = (await tenant.Service.GetJsonAsync("executions"))["items"]!.AsArray();
            if (items.Count > 0 || i == 100) return items;
            await Task.Delay(50);
        }
    }
}
