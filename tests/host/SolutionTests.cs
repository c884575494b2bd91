namespace Vaka.Plugins.Host.Tests;

public class SolutionTests
{
    [Fact]
    public void Contract_AssemblyVersion_IsMajorMinorOnly()
    {
        var version = typeof(IIntegrationProvider).Assembly.GetName().Version!;
        Assert.Equal((0, 0), (version.Build, version.Revision));
    }
}
