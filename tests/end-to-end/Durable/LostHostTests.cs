using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>A host stands still in the middle of a call, and another one decides what becomes of it.</summary>
public sealed class LostHostTests : IClassFixture<LostHostTests.TwoHosts>
{
    private readonly TwoHosts fixture;

    public LostHostTests(TwoHosts fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task MailOnItsWay_BecomesUnknownAndIsNeitherSentAgainNorOverwritten()
    {
        await using var server = HoldingMailServer.Start();
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = server.Config }, HttpStatusCode.Created);
        var id = await tenant.Service.AcceptAsync(HoldingMailServer.Mail, "smtp/send_email");
        await server.WaitForMailsAsync(1);
        Assert.Equal("running", (await other.GetExecutionAsync(id)).Text("state"));

        await fixture.Host.FreezeAsync();
        var unknown = await other.WaitForAsync(id, "unknown");
        Assert.Equal("outcome_unknown", unknown.Text("failure_kind"));
        Assert.Contains("look before trying again", unknown.Text("error_message"), StringComparison.Ordinal);

        // The late owner learns that it went well, and may not say so any more.
        server.LetGo();
        await fixture.Host.ThawAsync();
        await Task.Delay(1_500);
        Assert.Equal("unknown", (await other.GetExecutionAsync(id)).Text("state"));
        Assert.Equal(1, server.Mails);
        Assert.Contains("after somebody else had taken it over", fixture.Host.Output, StringComparison.Ordinal);
        Assert.Single(await fixture.QueryAsync($"SELECT number FROM execution_attempts WHERE execution_id = '{id}'"));
    }

    [Fact]
    public async Task WebhookOnItsWay_IsDeliveredByTheOtherUnderTheSameId()
    {
        await using var sink = await HttpPeer.StartAsync();
        var held = new TaskCompletionSource();
        sink.Next(async (_, _) =>
        {
            await held.Task;
            return new HttpResponseMessage(HttpStatusCode.BadRequest);
        });
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.HookAsync(sink.Address);
        var id = await tenant.Service.AcceptAsync(new { input = new { data = 1 } });
        for (var until = DateTime.UtcNow.AddSeconds(10); sink.Requests.Count == 0; await Task.Delay(10)) Assert.True(DateTime.UtcNow < until);
        await other.WaitForAsync(id, "running");

        await fixture.Host.FreezeAsync();
        await other.WaitForAsync(id, "succeeded");
        held.SetResult();
        await fixture.Host.ThawAsync();
        await Task.Delay(1_500);
        Assert.Equal("succeeded", (await other.GetExecutionAsync(id)).Text("state"));
        Assert.Equal(2, sink.Requests.Count);
        Assert.Single(sink.Requests.Select(request => request.Header("webhook-id")).Distinct());
    }

    [Fact]
    public async Task WhatItHadNotBegun_IsDoneByTheOther()
    {
        await using var sink = await HttpPeer.StartAsync();
        var held = new TaskCompletionSource();
        sink.Otherwise(async (_, _) =>
        {
            await held.Task;
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.HookAsync(sink.Address);
        var ids = new List<string>();
        for (var i = 0; i < 60; i++) ids.Add(await tenant.Service.AcceptAsync(new { input = new { data = i } }));
        await fixture.Host.FreezeAsync();
        held.SetResult();
        foreach (var id in ids) await other.WaitForAsync(id, "succeeded");
        await fixture.Host.ThawAsync();
        Assert.Equal(60, sink.Requests.Select(request => request.Header("webhook-id")).Distinct().Count());
    }

    [Fact]
    public async Task Stopped_GivesBackAtOnceWhatItHasNotBegun()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (_, cancelled) =>
        {
            await Task.Delay(300, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        using var other = fixture.OnTheOther(tenant.Service);
        await tenant.HookAsync(sink.Address);
        var ids = new List<string>();
        for (var i = 0; i < 60; i++) ids.Add(await tenant.Service.AcceptAsync(new { input = new { data = i } }));
        await fixture.Host.TerminateAsync();
        Assert.Equal(0, await fixture.Host.WaitForExitAsync());
        Assert.Single(await fixture.QueryAsync("SELECT id FROM host_nodes"));
        foreach (var id in ids) await other.WaitForAsync(id, "succeeded");
        Assert.Equal(60, sink.Requests.Count); // each once
        await fixture.Host.StartAsync();
    }

    public sealed class TwoHosts : PostgresHost
    {
        private HostProcess? second;

        protected override IEnumerable<string> Settings => DurableHosts.Settings;

        public HttpClient OnTheOther(HttpClient client)
        {
            var same = new HttpClient { BaseAddress = new Uri(second!.Address, "api/v1/") }; // started with the first
            same.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
            return same;
        }

        protected override async Task<HostProcess> StartAsync(string[] settings)
        {
            var both = await Task.WhenAll(new[] { "first", "second" }.Select(name =>
                HostProcess.StartAsync(System.IO.Directory.CreateDirectory(Path.Combine(Directory, name)).FullName, settings)));
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
