using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using MudBlazor;
using MudBlazor.Services;
using NSubstitute;

namespace Vaka.Plugins.Host.Tests.Admin;

public sealed partial class ThemeTests
{
    [Fact]
    public async Task ThemeFile_HasEveryVariableThatTheComponentsAskFor()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMudServices();
        services.AddSingleton(Substitute.For<IJSRuntime>());
        await using var provider = services.BuildServiceProvider();
        await using var renderer = new HtmlRenderer(provider, provider.GetRequiredService<ILoggerFactory>());
        var written = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<MudThemeProvider>(ParameterView.Empty)).ToHtmlString());
        var ours = await File.ReadAllTextAsync(Path.Combine(Repository(), "host", "wwwroot", "theme.css"), TestContext.Current.CancellationToken);
        var wanted = Names(written);
        Assert.NotEmpty(wanted);
        Assert.Empty(wanted.Except(Names(ours)));
    }

    private static HashSet<string> Names(string css) => [.. Variable().Matches(css).Select(match => match.Groups[1].Value)];

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Vaka.Plugins.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex("^ *(--mud-[a-z0-9-]+):", RegexOptions.Multiline)]
    private static partial Regex Variable();
}
