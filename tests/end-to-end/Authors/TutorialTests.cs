using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>plugins/README.md holds what it promises.</summary>
[Collection(nameof(AuthorsMachine))]
public sealed class TutorialTests(AuthorsMachine machine)
{
    [Fact]
    public async Task Tutorial_FollowedLineByLine_EndsInAWorkingAction()
    {
        var (host, standIn) = ($"localhost:{HostProcess.FreePort()}", $"localhost:{HostProcess.FreePort()}");
        var environment = new Dictionary<string, string>(machine.Environment) { ["VAKA_Urls"] = $"http://{host}" };
        await using var tutorial = new Tutorial(machine.CreateFolder("tutorial"), environment);

        foreach (var (language, text) in await Tutorial.ReadAsync(text => text.Replace("localhost:3000", host).Replace("localhost:5055", standIn)))
            await tutorial.FollowAsync(language, text);

        var pager = tutorial.Servers["dotnet run stand-in/pager.cs"];
        await pager.SaysAsync("The disk is full.");
        await pager.SaysAsync("e-1 is acknowledged.");
        var files = Directory.EnumerateFiles(Path.Combine(tutorial.Terminal.Directory, "out")).Select(Path.GetFileName);
        Assert.Equivalent(
            new[] { "Acme.PagerDuty.deps.json", "Acme.PagerDuty.dll", "Acme.PagerDuty.pdb", "Acme.PagerDuty.runtimeconfig.json" }, files, strict: true);
        Assert.True(Directory.Exists(Path.Combine(tutorial.Terminal.Directory, "Acme.PagerDuty", ".vaka", "data")));

        // What it says of the page: the link works, and the form is there.
        var link = Regex.Match(tutorial.Servers["dotnet run --project Acme.PagerDuty"].Output, @"sign in +(http\S+)").Groups[1].Value;
        using var browser = new HttpClient { BaseAddress = new Uri($"http://{host}/") };
        await SignInForm.SendAsync(browser, link);
        var form = await browser.GetStringAsync("integrations/new/pagerduty");
        Assert.Contains("id=\"f-url\"", form);
        Assert.Contains("id=\"f-api_key\"", form);
    }
}
