using System.Net;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Durable;

/// <summary>A single host is killed in the middle of its deliveries and started again.</summary>
public abstract class KilledHostTests
{
    private readonly HostFixture fixture;

    protected KilledHostTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task KilledWhileItDelivers_NothingThatWasAcceptedIsLost()
    {
        await using var sink = await HttpPeer.StartAsync();
        sink.Otherwise(async (_, cancelled) =>
        {
            await Task.Delay(20, cancelled);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var tenant = await fixture.TenantAsync();
        await tenant.HookAsync(sink.Address);
        var accepted = new System.Collections.Concurrent.ConcurrentBag<string>();
        for (var round = 0; round < 3; round++)
        {
            using var over = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    try
                    {
                        accepted.Add(await tenant.Service.AcceptAsync(new { input = new { data = 1 } }));
                    }
                    catch (HttpRequestException)
                    {
                        return; // not accepted: the host is gone
                    }
                }
            })).ToList();
            await Task.Delay(700);
            await fixture.Host.KillAsync();
            await over.CancelAsync();
            await Task.WhenAll(callers);
            await fixture.Host.StartAsync();
        }

        Assert.True(accepted.Count > 100, $"{accepted.Count} accepted");
        foreach (var id in accepted) await tenant.Service.WaitForAsync(id, "succeeded", seconds: 60);
        var delivered = sink.Requests.Select(request => request.Header("webhook-id")).ToHashSet();
        Assert.True(delivered.Count >= accepted.Count);
    }

    [Fact]
    public async Task KilledWhileAMailIsOnItsWay_ItBecomesUnknownAndIsNotSentAgain()
    {
        await using var server = HoldingMailServer.Start();
        var tenant = await fixture.TenantAsync();
        await tenant.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = server.Config }, HttpStatusCode.Created);
        var id = await tenant.Service.AcceptAsync(HoldingMailServer.Mail, "smtp/send_email");
        await server.WaitForMailsAsync(1);
        await fixture.Host.KillAsync();
        server.LetGo();
        await fixture.Host.StartAsync();
        var unknown = await tenant.Service.WaitForAsync(id, "unknown");
        Assert.Equal("outcome_unknown", unknown.Text("failure_kind"));
        await Task.Delay(1_000);
        Assert.Equal(1, server.Mails);
    }
}

public sealed class KilledHostOnSqliteTests(DurableSqliteHost host) : KilledHostTests(host), IClassFixture<DurableSqliteHost>;

public sealed class KilledHostOnPostgresTests(DurablePostgresHost host) : KilledHostTests(host), IClassFixture<DurablePostgresHost>;
