using System.Net;
using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>What somebody meets who starts the host for the first time, and after pulling its plug.</summary>
public sealed partial class FirstStartTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vaka-first-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task FirstStart_PrintsALinkThatWorksOnceAndOnlyByItsButton()
    {
        await using var host = await HostProcess.StartAsync(directory, []);
        var link = await LinkAsync(host);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = host.Address };
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("integrations")).StatusCode);

        // A preview that opens the link spends nothing.
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link)).StatusCode);
        var form = await FormAsync(browser, link);
        var signedIn = await browser.PostAsync("sign-in", new FormUrlEncodedContent(form));
        Assert.Equal("/integrations", signedIn.Headers.Location?.OriginalString);
        var page = await browser.GetAsync("integrations");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Nothing is configured yet", await page.Content.ReadAsStringAsync());

        using var second = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        var spent = await second.PostAsync("sign-in", new FormUrlEncodedContent(await FormAsync(second, link)));
        Assert.Null(spent.Headers.Location);
        Assert.Contains("did not work", await spent.Content.ReadAsStringAsync());
        Assert.DoesNotContain("sign-in?code=", await RestartedOutputAsync(host));
    }

    [Fact]
    public async Task SignInCommand_PrintsALinkAlone()
    {
        await using var host = await HostProcess.StartAsync(directory, []);
        var (code, output, error) = await host.RunCommandAsync("keys", "sign-in");
        Assert.True(code == 0, error);
        Assert.Matches("^http://127.0.0.1:[0-9]+/sign-in\\?code=[A-Za-z0-9_-]+\n$", output);
    }

    [Fact]
    public async Task Import_FromTheEnvironment_MovesTheSettingsOnce()
    {
        var environment = new Dictionary<string, string>
        {
            ["SMTP_HOST"] = "mail.example.com",
            ["SMTP_PORT"] = "465",
            ["SMTP_USER"] = "bot",
            ["SMTP_PASSWORD"] = "import-canary",
            ["SMTP_FROM_EMAIL"] = "bot@example.com",
            ["SMTP_COLOUR"] = "red",
        };
        await using var host = await HostProcess.StartAsync(directory, [], environment);
        var dry = await host.RunCommandAsync("import", "--type", "smtp", "--from-env", "SMTP_", "--dry-run");
        Assert.True(dry.Code == 0, dry.Error);
        Assert.DoesNotContain("import-canary", dry.Output);
        Assert.Contains("SMTP_COLOUR", dry.Output);
        using var admin = await host.ClientAsync("admin");
        await admin.GetJsonAsync("smtp-settings", HttpStatusCode.Conflict);

        var real = await host.RunCommandAsync("import", "--type", "smtp", "--from-env", "SMTP_");
        Assert.True(real.Code == 0, real.Error);
        var settings = await admin.GetJsonAsync("smtp-settings");
        Assert.Equal(465, settings["smtp_port"]!.GetValue<int>());
        Assert.Equal("bot@example.com", settings.Text("from_email"));
        Assert.True(settings["secrets"]!["smtp_password"]!["set"]!.GetValue<bool>());
        Assert.Equal(1, (await host.RunCommandAsync("import", "--type", "smtp", "--from-env", "SMTP_")).Code);

        // The password that is kept belongs to the server that it was given for.
        var elsewhere = Path.Combine(directory, "elsewhere.json");
        await File.WriteAllTextAsync(
            elsewhere, """{"smtp_host":"evil.example.com","smtp_port":465,"smtp_user":"bot","from_email":"bot@example.com"}""");
        var moved = await host.RunCommandAsync("import", "--type", "smtp", "--from-file", elsewhere, "--replace");
        Assert.Equal(1, moved.Code);
        Assert.Contains("smtp_password", moved.Error);
        Assert.Equal("mail.example.com", (await admin.GetJsonAsync("smtp-settings")).Text("smtp_host"));
    }

    [Fact]
    public async Task KilledWhileWriting_NothingAcknowledgedIsLost()
    {
        await using var host = await HostProcess.StartAsync(directory, []);
        using var admin = await host.ClientAsync("admin");
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<string>();
        var writers = Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    var made = await admin.PostAsync("integrations", new
                    {
                        name = $"{writer}-{i}", integration_type = "webhook", config = new { url = "https://example.com/", signing_secret = "whsec_" + Convert.ToBase64String(new byte[32]) },
                    }, HttpStatusCode.Created);
                    acknowledged.Add(made.Text("id"));
                }
                catch (HttpRequestException)
                {
                    return; // the plug is out
                }
            }
        }).ToList();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (acknowledged.Count < 40) await Task.Delay(10, patience.Token);
        await host.KillAsync();
        await Task.WhenAll(writers);

        await host.StartAsync();
        foreach (var id in acknowledged)
        {
            var row = await admin.GetJsonAsync($"integrations/{id}");
            Assert.True(row["secrets"]!["signing_secret"]!["set"]!.GetValue<bool>());
        }
    }

    private static async Task<string> LinkAsync(HostProcess host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (Link().Match(host.Output) is { Success: true } match) return match.Value;
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<string> RestartedOutputAsync(HostProcess host)
    {
        var before = host.Output.Length;
        await host.KillAsync();
        await host.StartAsync();
        return host.Output[before..];
    }

    private static async Task<Dictionary<string, string>> FormAsync(HttpClient browser, string link)
    {
        var page = await browser.GetStringAsync(link);
        return Field().Matches(page).ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value));
    }

    [GeneratedRegex(@"http://\S+/sign-in\?code=\S+")]
    private static partial Regex Link();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)" ?/?>""")]
    private static partial Regex Field();
}
