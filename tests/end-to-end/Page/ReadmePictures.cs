using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>What the pictures of README.md show, on the real page. With <c>VAKA_TEST_PICTURES</c> set it takes them anew.</summary>
public sealed class ReadmePictures(Browser browser) : IClassFixture<Browser>
{
    private const int MaxBytes = 200 * 1024;

    private static readonly string Folder = Environment.GetEnvironmentVariable("VAKA_TEST_PICTURES") is null
        ? Directory.CreateTempSubdirectory("vaka-pictures-").FullName
        : Path.Combine(HostProcess.Repository, "host", "Admin", "pictures");

    [Fact]
    public async Task List_SixIntegrationsAndATest_LooksAsInReadme()
    {
        browser.SkipUnlessAvailable();
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
        var mail = MailPeer.Config();
        mail["smtp_host"] = "localhost";
        mail["from_name"] = "Example";
        await CreateAsync("Company mail", "smtp", mail);
        await CreateAsync("Newsletter", "smtp", new Dictionary<string, object?>(mail) { ["smtp_password"] = "wrong" });
        await CreateAsync("Order events", "webhook", new() { ["url"] = browser.Host.Address + "healthz" });
        await CreateAsync("Warehouse", "webhook", new() { ["url"] = "http://localhost:9/stock" });
        await CreateAsync("Partner feed", "webhook", new() { ["url"] = browser.Host.Address + "feed" });
        await CreateAsync("Customer portal", "webhook", [], isActive: false);
        var feed = (await browser.Admin.GetJsonAsync("integrations?name=Partner%20feed"))["items"]![0]!.AsObject().Text("id"); // it was made above
        await browser.Admin.PostAsync($"integrations/{feed}/deactivate", new { });
        await browser.Admin.PostAsync("actions/smtp/send_email", new { integration = "Company mail", input = new { to = new[] { "bot@vaka.test" }, subject = "Hello", text = "It works." } });

        await using var visit = await browser.SignInAsync(set: options => options.ViewportSize = new ViewportSize { Width = 1280, Height = 700 });
        await visit.GoAsync("/integrations");
        await Assertions.Expect(visit.Page.GetByText("Failing", new() { Exact = true })).ToHaveCountAsync(3, new() { Timeout = 90_000 }); // two rows and the filter's choice
        await Assertions.Expect(visit.Page.GetByText("Not checked yet")).ToHaveCountAsync(0);
        await TakeAsync(visit, "list");

        await visit.Page.SetViewportSizeAsync(1280, 900);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Company mail" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".test .chip.good")).ToHaveTextAsync("Healthy");
        await visit.Page.EvaluateAsync("document.activeElement.blur()");
        await TakeAsync(visit, "editor");
    }

    private async Task CreateAsync(string name, string type, Dictionary<string, object?> config, bool isActive = true) =>
        await browser.Admin.PostAsync("integrations", new { name, integration_type = type, config, is_active = isActive }, HttpStatusCode.Created);

    private static async Task TakeAsync(Visit visit, string name)
    {
        var file = Path.Combine(Folder, $"{name}.png");
        await visit.Page.ScreenshotAsync(new() { Path = file });
        Assert.InRange(new FileInfo(file).Length, 1, MaxBytes);
    }
}
