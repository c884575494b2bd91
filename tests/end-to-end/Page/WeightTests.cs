using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>What a first visit to the published page costs.</summary>
public sealed class WeightTests(WeightTests.PublishedBrowser browser) : IClassFixture<WeightTests.PublishedBrowser>
{
    private const double MaxBytes = 400 * 1024;

    [Theory]
    [InlineData("")]
    [InlineData("/{id}")]
    public async Task FirstVisit_WithNothingCached_StaysBelow400KiBAndAsksNoOtherHost(string path)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = "";
        for (var i = 0; i < 50; i++)
        {
            id = (await tenant.Admin.PostAsync("integrations", new
            {
                name = $"Hook {i}", integration_type = "webhook", config = new { url = "https://example.com/", auth = new { type = "bearer", token = "t" } },
            }, HttpStatusCode.Created)).Text("id");
        }

        await using var visit = await browser.SignInAsync(tenant.Id);
        await visit.Page.GotoAsync("about:blank");
        var network = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        await network.SendAsync("Network.enable");
        await network.SendAsync("Network.clearBrowserCache");
        var (bytes, count) = (0.0, 0);
        network.Event("Network.loadingFinished").OnEvent += (_, finished) =>
        {
            bytes += finished!.Value.GetProperty("encodedDataLength").GetDouble(); // the event has a body
            count++;
        };
        await visit.GoAsync("/integrations" + path.Replace("{id}", id, StringComparison.Ordinal));
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"/integrations{path}: {count} answers of {bytes / 1024:0.0} KiB"));
        Assert.True(count >= 5, $"Only {count} answers came.");
        Assert.InRange(bytes, 20 * 1024, MaxBytes);
        visit.AssertNoComplaints();
    }

    public sealed class PublishedBrowser : Browser
    {
        protected override HostFixture CreateHost() => new PublishedHost();
    }
}
