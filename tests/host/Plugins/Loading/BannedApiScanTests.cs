using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

public class BannedApiScanTests
{
    [Fact]
    public void Scan_ForbiddenApis_FindsEachOnce() =>
        Assert.Equal(
            [
                "System.DateTime.get_UtcNow: Use context.Clock",
                "System.Environment.GetEnvironmentVariable: Configuration comes from the integration only",
                "System.IO.File: A provider has no files",
                "System.Net.Http.HttpClient..ctor: Use context.Http or context.Network.CreateHttpClient",
            ],
            BannedApiScan.Scan(Path.Combine(PluginDirectory.Fixture("forbidden-apis"), "Vaka.Plugins.Fixtures.ForbiddenApis.dll")));

    [Fact]
    public void Scan_GoodPlugin_FindsNothing() =>
        Assert.Empty(BannedApiScan.Scan(Path.Combine(PluginDirectory.Fixture("good"), "Vaka.Plugins.Fixtures.Good.dll")));
}
