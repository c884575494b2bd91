using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Soak;

/// <summary>What a host is asked in a day, in a small while: calls of all kinds, reads, changes, probes, agents.</summary>
/// <param name="fixture">The host.</param>
/// <param name="tenant">Who asks.</param>
/// <param name="sink">Where webhooks go.</param>
/// <param name="ease">So many times longer pauses between the questions of a kind.</param>
internal sealed class MixedLoad(HostFixture fixture, Tenant tenant, Uri sink, int ease)
{
    private static readonly object Push = new { input = new { data = new { a = 1 } } };

    private readonly ConcurrentDictionary<string, int> done = new();

    /// <summary>How often each kind was asked and answered as it should.</summary>
    public IReadOnlyDictionary<string, int> Done => done;

    public async Task RunAsync(TimeSpan span)
    {
        var hook = (await tenant.HookAsync(sink)).Text("id");
        var other = await tenant.Admin.PostAsync(
            "integrations", new { name = "Changing", integration_type = "webhook", config = new { url = sink.ToString() } }, HttpStatusCode.Created);
        await tenant.Admin.PostAsync("integrations", new { name = "Mail", integration_type = "smtp", config = MailPeer.Config() }, HttpStatusCode.Created);
        using var browser = await SignInAsync();
        var until = DateTime.UtcNow + span;
        await Task.WhenAll(
            RepeatAsync("webhook", 5, () => tenant.Service.PostAsync("actions/webhook/push_data", Push)),
            RepeatAsync("durable", 5, () => tenant.Service.AcceptAsync(Push)),
            RepeatAsync("keyed", 50, () => tenant.Service.SendAsync(
                HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(Push), HttpStatusCode.OK, ("Idempotency-Key", $"{Guid.NewGuid()}"))),
            RepeatAsync("mail", 250, () => tenant.Service.PostAsync(
                "actions/smtp/send_email", new { input = new { to = new[] { "bot@vaka.test" }, subject = "Soak", text = "plain text" } })),
            RepeatAsync("read", 20, ReadAsync),
            RepeatAsync("change", 200, () => tenant.Admin.PatchAsync(
                $"integrations/{other.Text("id")}", new { config = new { headers = new Dictionary<string, string> { ["X-Turn"] = $"{Guid.NewGuid()}" } } })),
            RepeatAsync("probe", 500, () => tenant.Admin.PostAsync($"integrations/{hook}/test", new { })),
            RepeatAsync("page", 500, async () => Assert.Contains("<html", await browser.GetStringAsync("integrations"))),
            RepeatAsync("agent", 100, AskAsync));

        async Task RepeatAsync(string kind, int pause, Func<Task> ask)
        {
            while (DateTime.UtcNow < until)
            {
                await ask();
                done.AddOrUpdate(kind, 1, (_, count) => count + 1);
                await Task.Delay(pause * ease);
            }
        }
    }

    private async Task ReadAsync()
    {
        foreach (var path in new[] { "integrations", "integrations/effective?integration_type=webhook", "executions?limit=20", "audit-events?limit=20", "providers" })
            await tenant.Admin.GetJsonAsync(path);
    }

    private async Task AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = JsonContent.Create(new
            {
                jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = "webhook_push_data", arguments = new { data = 1, integration = "Hook" } },
            }),
            Headers = { { "Accept", "application/json, text/event-stream" } },
        };
        using var response = await tenant.Service.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode && text.Contains("\"structuredContent\""), text);
    }

    // A page in a browser's session, each view of which the server keeps for a while.
    private async Task<HttpClient> SignInAsync()
    {
        var (code, link, error) = await fixture.Host.RunCommandAsync("keys", "sign-in");
        Assert.True(code == 0, error);
        var browser = new HttpClient { BaseAddress = fixture.Host.Address };
        using var signedIn = await SignInForm.SendAsync(browser, link.Trim());
        Assert.True(signedIn.IsSuccessStatusCode, $"{signedIn.StatusCode}");
        return browser;
    }
}
