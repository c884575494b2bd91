using System.Diagnostics;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.AtSize;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>The list with 20,000 integrations, and with 100,000 where VAKA_TEST_LONG is 1.</summary>
public abstract class SizedListTests(Browser browser)
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task List_OfEverything_IsThereWithinASecondAndFiltersAndPages()
    {
        browser.SkipUnlessAvailable();
        await using var visit = await browser.SignInAsync();
        var rows = visit.Page.Locator("tbody tr:not(.skeleton)");
        var times = new List<TimeSpan>();
        while (times.Count < 3 || (times.Count < 10 && times.Min() >= Goal)) // machines that test are busy
        {
            await visit.Page.GotoAsync("about:blank");
            var start = Stopwatch.GetTimestamp();
            await visit.Page.GotoAsync("/integrations?tenant=all", new() { WaitUntil = WaitUntilState.Commit });
            await rows.First.WaitForAsync();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"First view of {Rows:N0}: {string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:0} ms"))}");
        Assert.True(times.Min() < Goal, $"The list took {times.Min()}.");
        await visit.ReadyAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await visit.PictureAsync("list-sized", isFullPage: false);
        var first = await rows.First.InnerTextAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(rows.First).Not.ToHaveTextAsync(first, new() { UseInnerText = true });
        await Assertions.Expect(rows).ToHaveCountAsync(50);
        await visit.Page.GetByLabel("Provider").SelectOptionAsync("webhook");
        await visit.Page.WaitForURLAsync("**type=webhook**");
        await visit.Page.GetByLabel("Search").FillAsync("payroll");
        await visit.Page.WaitForURLAsync("**q=payroll**");
        await Assertions.Expect(rows.Filter(new() { HasText = "payroll" })).ToHaveCountAsync(50);
        visit.AssertNoComplaints();
    }

    private static int Rows => Size.IsLong ? 100_000 : 20_000;

    public sealed class SizedBrowser : Browser
    {
        protected override HostFixture CreateHost() => new OnSqlite();
    }

    public sealed class SizedPostgresBrowser : Browser
    {
        protected override HostFixture CreateHost() => new OnPostgres();
    }

    private sealed class OnSqlite : SizedSqliteHost
    {
        protected override int Rows => SizedListTests.Rows;
    }

    private sealed class OnPostgres : SizedPostgresHost
    {
        protected override int Rows => SizedListTests.Rows;
    }
}

/// <summary>Nothing else runs while it is measured.</summary>
[Collection(nameof(SizeTests))]
public sealed class SizedListOnSqliteTests(SizedListTests.SizedBrowser browser)
    : SizedListTests(browser), IClassFixture<SizedListTests.SizedBrowser>;

/// <inheritdoc cref="SizedListOnSqliteTests"/>
[Collection(nameof(SizeTests))]
public sealed class SizedListOnPostgresTests(SizedListTests.SizedPostgresBrowser browser)
    : SizedListTests(browser), IClassFixture<SizedListTests.SizedPostgresBrowser>;
