using Microsoft.Playwright;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>What every page is held to, on a phone and in the dark.</summary>
internal static class Looks
{
    public static Action<BrowserNewContextOptions> Of(int width, ColorScheme scheme) => options =>
    {
        options.ViewportSize = new ViewportSize { Width = width, Height = 844 };
        options.ColorScheme = scheme;
    };

    /// <summary>It does not scroll sideways, and nobody stumbles over it.</summary>
    public static async Task AssertFitsAsync(this Visit visit, string picture)
    {
        await visit.PictureAsync(picture);
        Assert.False(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), "it scrolls sideways");
        Assert.Empty(await visit.FindBarriersAsync());
    }
}
