namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>A host whose plugins directory holds the shipped smtp and the fixtures.</summary>
public sealed class FixtureHost : SqliteHost
{
    protected override IEnumerable<string> Settings => FixturePlugins.Settings(Directory);

    protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresFixtureHost : PostgresHost
{
    protected override IEnumerable<string> Settings => FixturePlugins.Settings(Directory);

    protected override Task PrepareAsync() => FixturePlugins.LayAsync(Directory);
}

internal static class FixturePlugins
{
    public static IEnumerable<string> Settings(string host) =>
        [$"--Plugins:Directory={Folder(host)}", "--Executions:RetryDelaysSeconds:0=0.2", "--Executions:PollSeconds=0.1"];

    /// <param name="host">Its directory.</param>
    /// <param name="shipped">The one shipped plugin beside them.</param>
    public static async Task LayAsync(string host, string shipped = "smtp")
    {
        var plugins = Folder(host);
        var fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures");
        foreach (var name in new[] { "good", "throws-in-constructor", "newer-contract", "ships-contract", "not-a-plugin" })
            Copy(Path.Combine(fixtures, name), Path.Combine(plugins, name));
        Copy(Path.Combine(fixtures, "duplicate-type"), Path.Combine(plugins, "z-duplicate-type"));
        Copy(Path.Combine(HostProcess.ShippedPlugins, shipped), Path.Combine(plugins, shipped));
        Directory.CreateDirectory(Path.Combine(plugins, "garbage"));
        await File.WriteAllTextAsync(Path.Combine(plugins, "garbage", "Garbage.dll"), "this is no assembly");
    }

    private static string Folder(string host) => Path.Combine(host, "plugins");

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // a file's path has one
            File.Copy(file, target);
        }
    }
}
