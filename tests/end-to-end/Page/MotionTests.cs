using System.Net;
using Microsoft.Playwright;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>Nothing moves for whoever asked the system for less motion.</summary>
public sealed class MotionTests(Browser browser) : IClassFixture<Browser>
{
    // Whatever takes longer than a hundredth of a millisecond, and whatever goes on for ever.
    private const string Moving = """
        () => {
          const time = text => Math.max(...text.split(',').map(part => parseFloat(part) * (part.trim().endsWith('ms') ? 1 : 1000)));
          const styles = [...document.querySelectorAll('body, body *')].flatMap(element => ['', '::before', '::after'].map(part => {
            const style = getComputedStyle(element, part || null);
            return { name: element.tagName + '.' + (element.getAttribute('class') ?? '') + part, time: Math.max(time(style.animationDuration), time(style.transitionDuration)) };
          })).filter(style => style.time > .011).map(style => `${style.name}: ${style.time} ms`);
          const running = document.getAnimations().filter(one => !(one.effect.getComputedTiming().activeDuration <= 1)).map(one => 'runs: ' + (one.animationName ?? one.transitionProperty));
          return [...new Set([...styles, ...running])];
        }
        """;

    [Theory]
    [InlineData(ReducedMotion.Reduce)]
    [InlineData(ReducedMotion.NoPreference)]
    public async Task Page_WithReducedMotion_DoesNotMove(ReducedMotion motion)
    {
        browser.SkipUnlessAvailable();
        var tenant = await browser.TenantAsync();
        var id = (await tenant.Admin.PostAsync("integrations", new { name = "Hook", integration_type = "webhook", config = new { url = "https://example.com/" } }, HttpStatusCode.Created)).Text("id");
        await using var visit = await browser.SignInAsync(tenant.Id, options =>
        {
            options.ViewportSize = new ViewportSize { Width = 390, Height = 844 };
            options.ReducedMotion = motion;
        });
        await visit.ReadyAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true }).ClickAsync();
        var found = (await MovingAsync()).ToList();
        await visit.GoAsync("/integrations");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Actions for Hook" }).ClickAsync();
        found.AddRange(await MovingAsync());
        await visit.Page.GetByText("Delete…").ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        found.AddRange(await MovingAsync());
        await visit.GoAsync($"/integrations/{id}");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        found.AddRange(await MovingAsync());

        // Without the wish there is something to find.
        if (motion is ReducedMotion.Reduce) Assert.Empty(found);
        else Assert.NotEmpty(found);

        async Task<string[]> MovingAsync() => await visit.Page.EvaluateAsync<string[]>(Moving);
    }
}
