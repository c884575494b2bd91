using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Debian's Chromium and a host to look at, for a class of tests.</summary>
public class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;
    private HostFixture fixture = null!; // made at start

    public HostProcess Host => fixture.Host;

    public HttpClient Admin => fixture.Admin;

    public void SkipUnlessAvailable()
    {
        if (!File.Exists(Program)) Assert.Skip($"Chromium is not installed here: there is no {Program} (tests/peers/install.sh installs it).");
        fixture.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program)) return;
        fixture = CreateHost();
        await fixture.InitializeAsync();
        Assertions.SetDefaultExpectTimeout(20_000); // machines that test are busy
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Headless = true,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", .. Arguments,
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.CloseAsync();
        playwright?.Dispose();
        if (playwright is not null) await fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual HostFixture CreateHost() => new SqliteHost();

    /// <summary>More for the browser's command line; asked when the host runs.</summary>
    protected virtual IEnumerable<string> Arguments => [];

    public Task<HttpClient> KeyAsync(string role, Guid? tenant) => fixture.KeyAsync(role, tenant);

    public Task<Tenant> TenantAsync() => fixture.TenantAsync();

    /// <inheritdoc cref="HostFixture.QueryAsync"/>
    public Task<IReadOnlyList<string>> QueryAsync(string sql) => fixture.QueryAsync(sql);

    /// <summary>A new window of somebody who has never been here.</summary>
    public async Task<Visit> OpenAsync(Action<BrowserNewContextOptions>? set = null)
    {
        var options = new BrowserNewContextOptions
        {
            BaseURL = Host.Address.ToString(),
            ViewportSize = new ViewportSize { Width = 1280, Height = 860 },
            ReducedMotion = ReducedMotion.Reduce,
        };
        set?.Invoke(options);
        var context = await (browser ?? throw new InvalidOperationException("There is no browser.")).NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        return await Visit.StartAsync(context, Host.Address);
    }

    /// <summary>A window of somebody who has signed in with a new key.</summary>
    public async Task<Visit> SignInAsync(Guid? tenant = null, Action<BrowserNewContextOptions>? set = null)
    {
        using var client = await KeyAsync("admin", tenant);
        var visit = await OpenAsync(set);
        await visit.SignInAsync(client.DefaultRequestHeaders.Authorization!.Parameter!); // the client was made with one
        return visit;
    }
}

/// <summary>The same with the host on PostgreSQL.</summary>
public sealed class PostgresBrowser : Browser
{
    protected override HostFixture CreateHost() => new PostgresHost();
}
