using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Contract;

/// <summary>The OpenAPI document is a good one by the rules of somebody else.</summary>
public sealed class SpectralTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task Document_ByAllRules_HasNoFault()
    {
        using var anyone = new HttpClient { BaseAddress = fixture.Host.Address };
        var document = Path.Combine(fixture.Directory, "openapi.json");
        await File.WriteAllTextAsync(document, await anyone.GetStringAsync("openapi/v1.json"));
        var rules = Path.Combine(HostProcess.Repository, "tests", "end-to-end", "Contract", "spectral.yaml");
        using var spectral = NodeTool.Start("@stoplight/spectral-cli", "lint", "--ruleset", rules, "--fail-severity", "hint", document);
        var errors = spectral.StandardError.ReadToEndAsync();
        var said = await spectral.StandardOutput.ReadToEndAsync();
        await spectral.WaitForExitAsync();
        Assert.True(spectral.ExitCode == 0, said + await errors);
        Assert.Contains("No results", said);
    }
}
