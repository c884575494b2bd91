using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Adding and editing integrations by the form that every provider's schema makes.</summary>
public sealed class EditorTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task AddSmtp_TestTurnsGreenStepByStepAndSaves()
    {
        SkipWithoutMail();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/new");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "SMTP", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "New SMTP integration" })).ToBeVisibleAsync();
        await visit.PictureAsync("smtp-new");
        Assert.Empty(await visit.FindBarriersAsync());
        await FillSmtpAsync(visit, "secret");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".test .chip.good")).ToHaveTextAsync("Healthy");
        Assert.Equal(["dns", "tcp", "tls", "ehlo", "auth"], (await visit.Page.Locator(".steps .good .step-name").AllTextContentsAsync()).Take(5));
        await visit.PictureAsync("smtp-tested");
        Assert.Empty(await visit.FindBarriersAsync());

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/integrations/0*");
        await Assertions.Expect(visit.Page.Locator(".secret .state")).ToContainTextAsync("fingerprint k");
        await visit.PictureAsync("smtp-saved");
        var row = (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject();
        Assert.Equal("active", row.Text("status"));
        Assert.Equal("Company mail", row.Text("name"));
        Assert.DoesNotContain("value=\"secret\"", await visit.Page.ContentAsync());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task TestSmtp_WrongPassword_TurnsRedAtTheSignIn()
    {
        SkipWithoutMail();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        await visit.GoAsync("/integrations/new/smtp");
        await FillSmtpAsync(visit, "wrong");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".steps .bad .step-name")).ToHaveTextAsync("auth");
        await visit.PictureAsync("smtp-red");
        Assert.Empty(await visit.FindBarriersAsync());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task SaveNew_GoesOnInTheSameForm()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        var page = visit.Page;
        await visit.GoAsync("/integrations/new/smtp");
        await page.Locator("#general-name").FillAsync("Mail");

        // What is typed between the saving and the new address would be lost with a form that is drawn anew.
        await page.Locator("#f-smtp_host").EvaluateAsync("field => field.isMine = true");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as draft" }).ClickAsync();
        await page.WaitForURLAsync("**/integrations/0*");
        await Assertions.Expect(page.Locator("#f-smtp_host-notes")).ToContainTextAsync("Missing");
        Assert.True(await page.Locator("#f-smtp_host").EvaluateAsync<bool>("field => field.isMine === true"));
        await page.Locator("#f-smtp_host").FillAsync("mail.test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save without activating" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Mail is saved.").Last).ToBeVisibleAsync();

        // Back is a new one again.
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New SMTP integration" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#f-smtp_host")).ToHaveValueAsync("");
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Save_FieldsAreWrong_SaysSoAtTheFields()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync((await browser.TenantAsync()).Id);
        await visit.GoAsync("/integrations/new/smtp");
        await visit.Page.Locator("#general-name").FillAsync("Mail");
        await visit.Page.Locator("#f-smtp_port").FillAsync("many");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#f-smtp_host-notes")).ToContainTextAsync("Missing");
        await Assertions.Expect(visit.Page.Locator("#f-smtp_port-notes").GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("#f-smtp_host")).ToBeFocusedAsync();
        await visit.PictureAsync("smtp-errors");
        Assert.Empty(await visit.FindBarriersAsync());

        // A draft may be incomplete.
        await visit.Page.Locator("#f-smtp_port").FillAsync("2525");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save as draft" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".chip", new() { HasText = "Draft" })).ToBeVisibleAsync();
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Limits_AreCheckedSavedShownInTheHistoryAndTakenBack()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync(
            "integrations", new { name = "Orders", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created)).Text("id");
        await using var visit = await browser.SignInAsync(tenant.Id);
        var page = visit.Page;
        await visit.GoAsync($"/integrations/{id}");
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Limits" });
        var (atOnce, perMinute) = (section.GetByLabel("Calls at the same time"), section.GetByLabel("Calls a minute"));
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });
        await Assertions.Expect(atOnce).ToHaveValueAsync("");
        await Assertions.Expect(section).ToContainTextAsync("at most 16");

        foreach (var wrong in new[] { "0", "257", "-1", "1.5", "many" })
        {
            await atOnce.FillAsync(wrong);
            await save.ClickAsync();
            await Assertions.Expect(section.GetByRole(AriaRole.Alert)).ToContainTextAsync("from 1 to 256");
            await Assertions.Expect(atOnce).ToBeFocusedAsync();
        }

        await visit.PictureAsync("limits-error");
        Assert.Empty(await visit.FindBarriersAsync());
        await atOnce.FillAsync("4");
        await perMinute.FillAsync(" 90 ");
        await save.ClickAsync();
        await Assertions.Expect(page.GetByText("Orders is saved and in use.").Last).ToBeVisibleAsync();
        await Assertions.Expect(perMinute).ToHaveValueAsync("90");
        await visit.PictureAsync("limits-saved");
        Assert.Empty(await visit.FindBarriersAsync());
        var saved = await tenant.Admin.GetJsonAsync($"integrations/{id}");
        Assert.Equal("""{"max_concurrent_calls":4,"max_calls_per_minute":90}""", saved["limits"]!.ToJsonString());

        await visit.GoAsync($"/integrations/{id}/history?from=1&to=2");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "Calls at the same time" })).ToContainTextAsync("at most 4");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "Calls a minute" })).ToContainTextAsync("at most 90");

        await visit.GoAsync($"/integrations/{id}");
        await atOnce.FillAsync("");
        await perMinute.FillAsync("");
        await save.ClickAsync();
        await Assertions.Expect(page.GetByText("Orders is saved and in use.").Last).ToBeVisibleAsync();
        saved = await tenant.Admin.GetJsonAsync($"integrations/{id}");
        Assert.Equal("""{"max_concurrent_calls":null,"max_calls_per_minute":null}""", saved["limits"]!.ToJsonString());
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Edit_SecretIsKeptThenReplacedThenCleared()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new
        {
            name = "Orders", integration_type = "webhook",
            config = new { url = "https://example.com/", auth = new { type = "bearer", token = "first" }, secret_headers = new Dictionary<string, string> { ["X-Key"] = "k" } },
        }, HttpStatusCode.Created)).Text("id");
        var before = await SecretAsync(tenant, id, "auth.token");
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync($"/integrations/{id}");
        await visit.PictureAsync("webhook-edit");
        Assert.Empty(await visit.FindBarriersAsync());

        // Beside it, a map of headers: one is added.
        var headers = visit.Page.GetByRole(AriaRole.Group, new() { Name = "Headers", Exact = true });
        await headers.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await headers.GetByLabel("Headers: name 1").FillAsync("X-Team");
        await headers.GetByLabel("Headers: value 1").FillAsync("blue");
        await SaveAsync(visit, tenant, id);
        Assert.Equal(before, await SecretAsync(tenant, id, "auth.token"));
        Assert.Equal("blue", (await tenant.Admin.GetJsonAsync($"integrations/{id}"))["config"]!["headers"]!["X-Team"]!.GetValue<string>());

        await ReplaceAsync(visit, "Token", "second");
        await SaveAsync(visit, tenant, id);
        Assert.NotEqual(before, await SecretAsync(tenant, id, "auth.token"));

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove X-Key" }).ClickAsync();
        await SaveAsync(visit, tenant, id);
        Assert.Null(await SecretAsync(tenant, id, "secret_headers.X-Key"));

        // Signing in otherwise drops the token, and its field.
        await visit.Page.GetByLabel("Authentication").Last.SelectOptionAsync("none");
        await SaveAsync(visit, tenant, id);
        Assert.Null(await SecretAsync(tenant, id, "auth.token"));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Edit_SomebodyElseSavedMeanwhile_ShowsBothAndLetsChoose()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new { name = "Orders", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created)).Text("id");
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync($"/integrations/{id}");
        await tenant.Admin.PatchAsync($"integrations/{id}", new { config = new { timeout_seconds = 12 } });
        await visit.Page.Locator("#f-url").FillAsync("https://example.com/mine");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var panel = visit.Page.Locator(".problem-alert.warning");
        await Assertions.Expect(panel).ToContainTextAsync("https://example.com/mine");
        await Assertions.Expect(panel).ToContainTextAsync("12");
        await visit.PictureAsync("conflict");
        Assert.Empty(await visit.FindBarriersAsync());
        await panel.GetByRole(AriaRole.Button, new() { Name = "Take theirs" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#f-timeout_seconds")).ToHaveValueAsync("12");
        await Assertions.Expect(visit.Page.Locator("#f-url")).ToHaveValueAsync("https://example.com/");
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Edit_SomebodyElseSavedMeanwhile_MineCanBeSavedOverIt()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new
        {
            name = "Orders", integration_type = "webhook", config = new { url = "https://example.com/", auth = new { type = "bearer", token = "first" } },
        }, HttpStatusCode.Created)).Text("id");
        await using var visit = await browser.SignInAsync(tenant.Id, options => options.ViewportSize = new ViewportSize { Width = 390, Height = 844 });
        await visit.GoAsync($"/integrations/{id}");
        await tenant.Admin.PatchAsync($"integrations/{id}", new { name = "Theirs", config = new { timeout_seconds = 12, auth = new { token = "second" } } });
        var theirs = await SecretAsync(tenant, id, "auth.token");
        await visit.Page.Locator("#general-name").FillAsync("Mine");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var panel = visit.Page.Locator(".problem-alert.warning");
        await Assertions.Expect(panel).ToBeInViewportAsync();
        await Assertions.Expect(panel).ToContainTextAsync("Theirs");
        await Assertions.Expect(panel).ToContainTextAsync("not changed by you");
        await visit.PictureAsync("conflict-390");
        Assert.Empty(await visit.FindBarriersAsync());
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save mine over it" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Mine is saved and in use.")).ToBeVisibleAsync();
        await Assertions.Expect(panel).ToHaveCountAsync(0);
        var now = await tenant.Admin.GetJsonAsync($"integrations/{id}");
        Assert.Equal("Mine", now.Text("name"));
        Assert.Null(now["config"]!["timeout_seconds"]);
        Assert.Equal(theirs, await SecretAsync(tenant, id, "auth.token"));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task AddWebhook_WithMapsOfHeaders_ThenReplacesAndClearsASecret()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.GoAsync("/integrations/new/webhook");
        await visit.Page.Locator("#general-name").FillAsync("Orders");
        await visit.Page.Locator("#f-url").FillAsync("https://example.com/hook");
        var headers = visit.Page.GetByRole(AriaRole.Group, new() { Name = "Headers", Exact = true });
        foreach (var (number, name, value) in new[] { (1, "X-Team", "blue"), (2, "X-Stage", "test") })
        {
            await headers.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
            await headers.GetByLabel($"Headers: name {number}").FillAsync(name);
            await headers.GetByLabel($"Headers: value {number}").FillAsync(value);
        }

        await visit.Page.Locator("#f-signing_secret").FillAsync("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        await visit.PictureAsync("webhook-headers");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save and activate" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/integrations/0*");
        var row = (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject();
        Assert.Equal("""{"X-Team":"blue","X-Stage":"test"}""", row["config"]!["headers"]!.ToJsonString());
        var id = row.Text("id");
        var first = await SecretAsync(tenant, id, "signing_secret");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "History" })).ToBeVisibleAsync(); // the page of the saved one

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Replace Signing secret" }).ClickAsync();
        await visit.Page.Locator("input#f-signing_secret").FillAsync("whsec_YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=");
        await SaveAsync(visit, tenant, id);
        var second = await SecretAsync(tenant, id, "signing_secret");
        Assert.NotNull(second);
        Assert.NotEqual(first, second);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Clear Signing secret" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Is removed when you save.")).ToBeVisibleAsync();
        await SaveAsync(visit, tenant, id);
        Assert.Null(await SecretAsync(tenant, id, "signing_secret"));
        visit.AssertNoComplaints();
    }

    [Fact]
    public async Task Add_ByKeyboardAlone_Works()
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        await using var visit = await browser.SignInAsync(tenant.Id, options => options.ViewportSize = new ViewportSize { Width = 390, Height = 844 });
        await visit.GoAsync("/integrations/new");

        // A new page puts the focus on its heading first.
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Add an integration" })).ToBeFocusedAsync();
        await TabToAsync(visit, "Webhook");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "New Webhook integration" })).ToBeFocusedAsync();
        await TabToAsync(visit, "#general-name");
        await visit.Page.Keyboard.TypeAsync("Typed");
        await TabToAsync(visit, "#f-url");
        await visit.Page.Keyboard.TypeAsync("https://example.com/hook");
        await visit.PictureAsync("webhook-390");
        Assert.Empty(await visit.FindBarriersAsync());
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Typed" })).ToBeVisibleAsync();
        Assert.Equal("Typed", (await tenant.Admin.GetJsonAsync("integrations"))["items"]![0]!.AsObject().Text("name"));
        visit.AssertNoComplaints();
    }

    private void SkipWithoutMail()
    {
        browser.SkipUnlessAvailable();
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
    }

    private static async Task FillSmtpAsync(Visit visit, string password)
    {
        await visit.Page.Locator("#general-name").FillAsync("Company mail");
        var config = MailPeer.Config(password);
        foreach (var name in new[] { "smtp_host", "smtp_port", "pinned_certificate", "smtp_user", "smtp_password", "from_email", "from_name" })
            await visit.Page.Locator($"#f-{name}").FillAsync(config[name]!.ToString()!); // all of them are set
    }

    private static async Task SaveAsync(Visit visit, Tenant tenant, string id)
    {
        var before = await RevisionAsync(tenant, id);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await RevisionAsync(tenant, id) == before) await Task.Delay(50, patience.Token);
        await Assertions.Expect(visit.Page.GetByText("is saved and in use").Last).ToBeVisibleAsync();
    }

    // The form is drawn anew after it was saved, a moment after the message: what was pressed on the old one is forgotten with it.
    private static async Task ReplaceAsync(Visit visit, string label, string value)
    {
        var field = visit.Page.Locator($"input#f-auth-{label.ToLowerInvariant()}");
        var replace = visit.Page.GetByRole(AriaRole.Button, new() { Name = $"Replace {label}" });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await field.IsVisibleAsync())
        {
            if (await replace.IsVisibleAsync()) await replace.ClickAsync();
            await Task.Delay(200, patience.Token);
        }

        await field.FillAsync(value);
    }

    private static async Task<int> RevisionAsync(Tenant tenant, string id) =>
        (await tenant.Admin.GetJsonAsync($"integrations/{id}"))["revision"]!.GetValue<int>();

    /// <summary>Presses Tab until the element of that id, or of that name, has the focus.</summary>
    private static async Task TabToAsync(Visit visit, string target)
    {
        for (var i = 0; i < 60; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            var there = await visit.Page.EvaluateAsync<bool>(
                "target => { const e = document.activeElement; return target.startsWith('#') ? '#' + e.id === target : e.textContent.trim() === target; }", target);
            if (there) return;
        }

        Assert.Fail($"Tab does not reach {target}.");
    }

    private static async Task<string?> SecretAsync(Tenant tenant, string id, string path) =>
        (await tenant.Admin.GetJsonAsync($"integrations/{id}"))["secrets"]![path]?["fingerprint"]?.GetValue<string>();
}
