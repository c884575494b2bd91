using System.Text.RegularExpressions;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>What dotnet new makes of a name.</summary>
[Collection(nameof(AuthorsMachine))]
public sealed class TemplateTests(AuthorsMachine machine)
{
    [Theory]
    [InlineData("Acme.PagerDuty", "pagerduty", "PagerDuty")]
    [InlineData("Pager-Duty", "pager_duty", "PagerDuty")]
    [InlineData("acme.3Scale", "p3scale", "P3Scale")]
    public async Task New_TypeAndClasses_AreMadeOfTheLastPartOfTheName(string name, string type, string prefix)
    {
        var folder = machine.CreateFolder($"template-{type}");
        var package = Directory.EnumerateFiles(machine.Packages, "Vaka.Plugins.Templates.*.nupkg").Single();
        string[] hive = ["--debug:custom-hive", machine.CreateFolder($"hive-{type}")];
        await machine.DotnetAsync(folder, ["new", "install", package, .. hive]);
        await machine.DotnetAsync(folder, ["new", "vaka-provider", "-n", name, .. hive]);

        var provider = await File.ReadAllTextAsync(Path.Combine(folder, name, name, $"{prefix}Provider.cs"));
        Assert.Contains($"Type = \"{type}\"", provider);
        Assert.Contains($"class {prefix}Provider", provider);
        var all = string.Concat(Directory.EnumerateFiles(Path.Combine(folder, name), "*", SearchOption.AllDirectories).Select(file => file + File.ReadAllText(file)));
        Assert.DoesNotMatch(new Regex("Vendor|vendor_type|Vaka.Template|Version}"), all);
    }
}
