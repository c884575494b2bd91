using System.Text.Json;
using Microsoft.Playwright;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>One window of the browser. It minds what nobody may see: errors in the console, a refusal by the content security policy, a
/// request to another host.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    private Visit(IBrowserContext context, IPage page) => (this.context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Every request that was made.</summary>
    public List<IRequest> Requests { get; } = [];

    public static async Task<Visit> StartAsync(IBrowserContext context, Uri host)
    {
        var visit = new Visit(context, await context.NewPageAsync());
        visit.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") visit.Complain($"console {message.Type}: {message.Text}");
        };
        visit.Page.PageError += (_, error) => visit.Complain($"script error: {error}");
        visit.Page.Request += (_, request) =>
        {
            lock (visit.Requests) visit.Requests.Add(request);
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Authority != host.Authority)
                visit.Complain($"request to another host: {request.Url}");
        };
        return visit;
    }

    public async Task SignInAsync(string key)
    {
        await Page.GotoAsync("/sign-in");
        await Page.GetByLabel("An administrator's API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.WaitForURLAsync("**/integrations**");
    }

    /// <summary>Opens an address and waits until it can be used.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await ReadyAsync();
    }

    /// <summary>Waits until the page listens to what is done on it.</summary>
    public Task ReadyAsync() => Page.Locator("[data-live]").WaitForAsync();

    /// <summary>What axe-core finds that is serious or worse, in words; none when the npm package is missing.</summary>
    public async Task<IReadOnlyList<string>> FindBarriersAsync()
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        var script = Path.Combine(modules ?? "", "axe-core", "axe.min.js");
        if (!File.Exists(script)) Assert.Skip("axe-core is not installed here: see VAKA_TEST_NODE_MODULES (tests/run.sh installs it).");

        // Through the debugger, which the page's own policy does not concern.
        await Page.EvaluateAsync(await File.ReadAllTextAsync(script));
        var found = await Page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .flatMap(v => v.nodes.map(n => `${v.id} (${v.impact}): ${n.html.slice(0, 200)} — ${n.failureSummary}`))
            """);
        return [.. found.EnumerateArray().Select(item => item.GetString() ?? "")];
    }

    /// <summary>Keeps a picture where VAKA_TEST_SCREENSHOTS says; without it, none.</summary>
    public async Task PictureAsync(string name, bool isFullPage = true)
    {
        if (Environment.GetEnvironmentVariable("VAKA_TEST_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = isFullPage });
    }

    /// <summary>Nothing went wrong behind the scenes.</summary>
    public void AssertNoComplaints()
    {
        lock (complaints) Assert.Empty(complaints);
    }

    public async ValueTask DisposeAsync() => await context.CloseAsync();

    private void Complain(string text)
    {
        lock (complaints) complaints.Add(text);
    }
}
