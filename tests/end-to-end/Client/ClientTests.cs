using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Client;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Client;

/// <summary>The typed client and a real host understand each other.</summary>
public sealed class ClientTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    private static readonly PushedData Data = new() { Data = JsonSerializer.SerializeToElement(new { order = 7 }) };

    [Fact]
    public async Task Actions_DoneAndHandedOver_ArriveOnce()
    {
        await using var sink = await HttpPeer.StartAsync();
        var (admin, service) = await TenantAsync();
        var hook = await admin.Integrations.CreateAsync(Hook(sink));
        var options = new InvokeOptions { Integration = hook.Name, IdempotencyKey = "order-7" };
        var first = await service.Actions.PushDataAsync(Data, options);
        var second = await service.Actions.PushDataAsync(Data, options);
        Assert.Equal((200, false, true), (first.Output.StatusCode, first.IsReplayed, second.IsReplayed));
        Assert.Equal((first.ExecutionId, hook.Id, "tenant"), (second.ExecutionId, first.Integration.Id, first.Integration.Scope));
        Assert.Single(sink.Requests);

        var accepted = await service.Actions.EnqueuePushAsync(Data);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var done = await service.Executions.WaitAsync(accepted.ExecutionId, patience.Token);
        Assert.Equal((ExecutionStates.Succeeded, true, 1), (done.State, done.Durable, done.Attempts.Count));
        Assert.Equal(200, done.Output?.GetProperty("status_code").GetInt32());
        Assert.Equal(2, sink.Requests.Count);

        var listed = await service.Executions.ListAsync(new ExecutionFilter { IntegrationType = "webhook", Since = done.CreatedAt.AddMinutes(-5) }, patience.Token).ToListAsync(patience.Token);
        Assert.Contains(listed, execution => execution.Id == done.Id);

        var agent = await service.Agentic.PushDataAsync(Data.Data);
        Assert.Equal(new PushOutcome(true, null, 200, hook.Id), agent);
    }

    [Fact]
    public async Task HandedOver_ForLater_IsCancelledAndReplayed()
    {
        await using var sink = await HttpPeer.StartAsync();
        var (admin, service) = await TenantAsync();
        await admin.Integrations.CreateAsync(Hook(sink));
        var accepted = await service.Actions.EnqueuePushAsync(Data, new InvokeOptions { NotBefore = DateTimeOffset.UtcNow.AddHours(1) });
        var cancelled = await service.Executions.CancelAsync(accepted.ExecutionId);
        Assert.Equal((ExecutionStates.Cancelled, true), (cancelled.State, cancelled.HasEnded));
        Assert.Equal(ExecutionStates.Queued, (await service.Executions.ReplayAsync(accepted.ExecutionId)).State);
    }

    [Fact]
    public async Task Failures_OfEveryKind_AreOneException()
    {
        var (admin, service) = await TenantAsync();
        var missing = await Assert.ThrowsAsync<VakaException>(() => service.Actions.SendEmailAsync(new Email { To = ["a@example.com"], Subject = "s", Text = "t" }));
        Assert.Equal(("integration_not_configured", "SMTP integration not configured. Please configure in /integrations page."), (missing.Code, missing.Detail));
        Assert.False((await service.Agentic.SendEmailAsync(new AgenticEmail { To = ["a@example.com"], Subject = "s", Body = "b" })).Sent);

        var draft = new IntegrationDraft { Name = "Bad", IntegrationType = "webhook", Config = new JsonObject { ["url"] = "nowhere" } };
        var invalid = await Assert.ThrowsAsync<VakaException>(() => admin.Integrations.CreateAsync(draft));
        Assert.Equal(("invalid_config", "url"), (invalid.Code, invalid.Errors[0].Path));
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<VakaException>(() => service.Integrations.CreateAsync(draft))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<VakaException>(() => service.Executions.GetAsync(Guid.CreateVersion7()))).Code);

        // Nobody listens there: it is tried again, and each time certainly without effect.
        var closed = new JsonObject { ["url"] = $"http://127.0.0.1:{HostProcess.FreePort()}/" };
        await admin.Integrations.CreateAsync(new IntegrationDraft { Name = "Closed", IntegrationType = "webhook", Config = closed });
        var away = await Assert.ThrowsAsync<VakaException>(() => service.Actions.PushDataAsync(Data));
        Assert.Equal(("provider_unavailable", false), (away.Code, away.IsReplayed));

        var nobody = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}/");
        Assert.Equal("host_unreachable", (await Assert.ThrowsAsync<VakaException>(() => Client(nobody, "k", retries: 1).Executions.GetAsync(Guid.NewGuid()))).Code);
    }

    [Fact]
    public async Task Integrations_FromFirstToLast_AreTyped()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = Guid.CreateVersion7();
        var platform = Client(fixture.Host.Address, Key(fixture.Admin)).ForTenant(tenant);
        var made = await platform.Integrations.CreateAsync(Hook(sink) with { Limits = new IntegrationLimits { MaxCallsPerMinute = 100 } });
        Assert.Equal((tenant, "active", 1, 100, true), (made.TenantId, made.Status, made.Revision, made.Limits?.MaxCallsPerMinute, made.Secrets?["auth.token"].Set));
        Assert.Equal("healthy", (await platform.Integrations.TestAsync(made.Id)).HealthStatus);
        Assert.Equal(made.Id, (await platform.Integrations.GetEffectiveAsync("webhook", made.Name)).Integration.Id);

        var patched = await platform.Integrations.PatchAsync(made.Id, new JsonObject { ["name"] = "Renamed" }, revision: 1);
        Assert.Equal(("Renamed", 2), (patched.Name, patched.Revision));
        var stale = await Assert.ThrowsAsync<VakaException>(() => platform.Integrations.DeactivateAsync(made.Id, revision: 1));
        Assert.Equal("revision_conflict", stale.Code);
        Assert.False((await platform.Integrations.DeactivateAsync(made.Id, revision: 2)).IsActive);
        Assert.True((await platform.Integrations.ActivateAsync(made.Id)).IsActive);
        var replaced = await platform.Integrations.ReplaceAsync(made.Id, new IntegrationDraft { Name = "Again", IntegrationType = "webhook", Config = patched.Config });
        Assert.True(replaced.Secrets?["auth.token"].Set); // left out, and so kept
        Assert.Equal([made.Id], await platform.Integrations.ListAsync(new IntegrationFilter { IsActive = true, Search = "gai" }).Select(one => one.Id).ToListAsync());
        await platform.Integrations.DeleteAsync(made.Id, replaced.Revision);
        Assert.Empty(await platform.Integrations.ListAsync().ToListAsync());
    }

    private static IntegrationDraft Hook(HttpPeer sink) => new()
    {
        Name = "Hook",
        IntegrationType = "webhook",
        Config = new JsonObject
        {
            ["url"] = sink.Address.ToString(), ["auth"] = new JsonObject { ["type"] = "bearer", ["token"] = "t" },
        },
    };

    private static string Key(HttpClient caller) => caller.DefaultRequestHeaders.Authorization?.Parameter ?? "";

    private static VakaClient Client(Uri address, string key, int retries = 4)
    {
        var services = new ServiceCollection();
        services.AddVakaClient(options =>
        {
            options.BaseAddress = address;
            options.ApiKey = key;
            options.MaxRetries = retries;
        });
        return services.BuildServiceProvider().GetRequiredService<VakaClient>();
    }

    private async Task<(VakaClient Admin, VakaClient Service)> TenantAsync()
    {
        var tenant = await fixture.TenantAsync();
        return (Client(fixture.Host.Address, Key(tenant.Admin)), Client(fixture.Host.Address, Key(tenant.Service), retries: 1));
    }
}
