using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Page;

/// <summary>A browser with a host among third parties' plugins.</summary>
public sealed class PluginBrowser : Browser
{
    protected override HostFixture CreateHost() => new FixtureHost();
}

/// <summary>The same with the host on PostgreSQL.</summary>
public sealed class PostgresPluginBrowser : Browser
{
    protected override HostFixture CreateHost() => new PostgresFixtureHost();
}
