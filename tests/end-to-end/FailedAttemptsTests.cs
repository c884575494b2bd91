using System.Net;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Whoever keeps failing to get in is slowed down, and nobody else is.</summary>
public sealed class FailedAttemptsTests : IDisposable
{
    private const int Limit = 5;

    private readonly string directory = Directory.CreateTempSubdirectory("vaka-failing-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task FailingKeys_PastTheLimit_AreToldToWaitWhileGoodOnesWork()
    {
        await using var host = await StartAsync();
        using var admin = await host.ClientAsync("admin");
        var revoked = await admin.PostAsync("api-keys", new { name = "revoked", role = "service" }, HttpStatusCode.Created);
        await admin.SendAsync(HttpMethod.Delete, $"api-keys/{revoked.Text("id")}", null, HttpStatusCode.NoContent);
        using var stranger = Client(host, "nonsense");
        using var former = Client(host, revoked.Text("key"));
        for (var i = 0; i < Limit; i++) await (i % 2 == 0 ? stranger : former).GetJsonAsync("providers", HttpStatusCode.Unauthorized);

        foreach (var failing in new[] { stranger, former })
        {
            using var refused = await failing.GetAsync("providers");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!.AsObject(); // every body is an object
            Assert.Equal("rate_limited", problem.Text("code"));
            Assert.Equal(refused.Headers.RetryAfter?.Delta?.TotalSeconds, problem["retry_after_seconds"]?.GetValue<double>());
        }

        await admin.GetJsonAsync("providers");
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/healthz")).StatusCode);
        using var nobody = new HttpClient { BaseAddress = admin.BaseAddress };
        await nobody.GetJsonAsync("providers", HttpStatusCode.Unauthorized);

        var notes = await RefusalsAsync(admin, 2);
        Assert.Equal([revoked.Text("id"), "unknown"], notes.Select(one => one.Text("subject")).Order(StringComparer.Ordinal));
        var note = notes.Single(one => one.Text("subject") != "unknown");
        Assert.Equal("address:127.0.0.1", note.Text("actor"));
        Assert.Equal("revoked", note["details"]?["reason"]?.GetValue<string>());
    }

    [Fact]
    public async Task FailingSignIns_PastTheLimit_AreToldToWaitWhileALinkWorks()
    {
        await using var host = await StartAsync();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        for (var i = 0; i < Limit; i++) Assert.Equal(HttpStatusCode.OK, (await SignInForm.SendAsync(browser, "sign-in?code=wrong")).StatusCode);
        var refused = await SignInForm.SendAsync(browser, "sign-in?code=wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("Wait before trying again", await refused.Content.ReadAsStringAsync());

        var (_, link, _) = await host.RunCommandAsync("keys", "sign-in");
        Assert.Equal("/integrations", (await SignInForm.SendAsync(browser, link.Trim())).Headers.Location?.OriginalString);
    }

    /// <summary>Waits for so many: they are written behind the caller's back.</summary>
    private static async Task<IReadOnlyList<JsonObject>> RefusalsAsync(HttpClient admin, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var events = await admin.GetJsonAsync("audit-events");
            List<JsonObject> refusals = [.. events["items"]!.AsArray().Select(item => item!.AsObject()).Where(item => item.Text("action") == "api_key.refused")]; // the answer's shape
            if (refusals.Count >= count) return refusals;
            await Task.Delay(50, patience.Token);
        }
    }

    private Task<HostProcess> StartAsync() => HostProcess.StartAsync(directory, [$"--Access:FailedAttemptsPerMinute={Limit}"]);

    private static HttpClient Client(HostProcess host, string key) => new()
    {
        BaseAddress = new Uri(host.Address, "api/v1/"),
        DefaultRequestHeaders = { Authorization = new("Bearer", key) },
    };
}
