namespace Vaka.Plugins.Host.Tests.Plugins;

/// <summary>A plugin directory of one test, filled with fixtures.</summary>
internal sealed class PluginDirectory : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("vaka-plugins-").FullName;

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    public static PluginDirectory With(params string[] fixtures)
    {
        var directory = new PluginDirectory();
        foreach (var fixture in fixtures) directory.Add(fixture);
        return directory;
    }

    /// <summary>Copies a fixture's folder.</summary>
    public PluginDirectory Add(string fixture, string? folder = null)
    {
        var source = Fixture(fixture);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = PathOf(folder ?? fixture, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // below the temporary directory
            File.Copy(file, target, overwrite: true);
        }

        return this;
    }

    public PluginDirectory Write(string folder, string file, byte[] bytes)
    {
        Directory.CreateDirectory(PathOf(folder));
        File.WriteAllBytes(PathOf(folder, file), bytes);
        return this;
    }

    public PluginDirectory AddEmpty(string folder)
    {
        Directory.CreateDirectory(PathOf(folder));
        return this;
    }

    public void Remove(string folder) => Directory.Delete(PathOf(folder), recursive: true);

    public string PathOf(string folder, string file = "") => Path.Combine(FullPath, folder, file);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
