using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>A host with the providers of tests/fixtures/third-party, which were built from packages alone.</summary>
public sealed class ThirdParties(AuthorsMachine machine) : SqliteHost
{
    private string Folder => Path.Combine(Directory, "plugins");

    /// <summary>What the compiler said of them.</summary>
    public string Said { get; private set; } = "";

    protected override IEnumerable<string> Settings => [$"--Plugins:Directory={Folder}"];

    protected override async Task PrepareAsync()
    {
        var sources = machine.CreateFolder("third-party");
        Copy(Path.Combine(HostProcess.Repository, "tests", "fixtures", "third-party"), sources);
        Said = await machine.DotnetAsync(sources, "publish", "third-party.slnx", "-c", "Release", "--nologo");
        foreach (var name in new[] { "greeting", "documents" })
            Copy(Path.Combine(sources, name, "bin", "Release", "net10.0", "publish"), Path.Combine(Folder, name));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!); // a file's path has one
            File.Copy(file, target);
        }
    }
}
