using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

public sealed class PluginBuildTests : IDisposable
{
    private static readonly DateTime Then = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly PluginDirectory plugins = new();
    private readonly Guid module = Guid.NewGuid();

    public PluginBuildTests()
    {
        Write("Plugin.dll", 100);
        Write("Other.dll", 100);
        Write(Path.Combine("native", "lib.so"), 100);
    }

    public void Dispose() => plugins.Dispose();

    [Fact]
    public void Of_NothingChanged_IsTheSame()
    {
        var before = Of();

        File.ReadAllBytes(plugins.PathOf("one", "Plugin.dll"));

        Assert.Equal(before, Of());
        Assert.Equal(64, before.Length);
    }

    [Fact]
    public void Of_AnythingChanged_IsAnother()
    {
        var seen = new HashSet<string> { Of() };
        var native = plugins.PathOf("one", Path.Combine("native", "lib.so"));

        Write("Other.dll", 101);
        Assert.True(seen.Add(Of()), "a length");
        File.SetLastWriteTimeUtc(native, Then.AddTicks(10));
        Assert.True(seen.Add(Of()), "a time, below");
        File.Move(native, native + ".1");
        Assert.True(seen.Add(Of()), "a name");
        File.Delete(native + ".1");
        Assert.True(seen.Add(Of()), "one less");
        Write("new", 0);
        Assert.True(seen.Add(Of()), "one more");
        Assert.True(seen.Add(PluginBuild.Of(plugins.PathOf("one"), [Facts(Guid.NewGuid())], "host")), "the code");
        Assert.True(seen.Add(PluginBuild.Of(plugins.PathOf("one"), [Facts(module)], "another host")), "the host");
    }

    [Fact]
    public void Of_LinkLeadsElsewhere_IsAnother()
    {
        var target = plugins.PathOf("target");
        File.WriteAllBytes(target, new byte[10]);
        File.CreateSymbolicLink(plugins.PathOf("one", "linked.json"), target);
        var before = Of();

        File.WriteAllBytes(target, new byte[11]);
        var longer = Of();
        File.Delete(target);

        Assert.NotEqual(before, longer);
        Assert.NotEqual(longer, Of());
    }

    [Fact]
    public void Judge_NamesHostContractRuntimeAndChecks()
    {
        var judge = PluginBuild.Judge([]);

        Assert.Contains(typeof(PluginBuild).Assembly.ManifestModule.ModuleVersionId.ToString(), judge);
        Assert.Contains(typeof(IIntegrationProvider).Assembly.ManifestModule.ModuleVersionId.ToString(), judge);
        Assert.Contains(Environment.Version.ToString(3), judge);
    }

    [Fact]
    public void Inspect_Folder_HasTheModulesOfAllAssemblies()
    {
        plugins.Add("clashing-dependency");

        var assemblies = PluginFolder.Inspect(plugins.PathOf("clashing-dependency")).Assemblies;

        Assert.True(assemblies.Count > 1);
        Assert.Equal(assemblies.Count, assemblies.Select(assembly => assembly.Module).Distinct().Count());
        Assert.DoesNotContain(Guid.Empty, assemblies.Select(assembly => assembly.Module));
    }

    private string Of() => PluginBuild.Of(plugins.PathOf("one"), [Facts(module)], "host");

    private AssemblyFacts Facts(Guid id) => new(plugins.PathOf("one", "Plugin.dll"), "1.0.0", new Version(1, 0), id);

    private void Write(string file, int length)
    {
        var path = plugins.PathOf("one", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // below the temporary directory
        File.WriteAllBytes(path, new byte[length]);
        File.SetLastWriteTimeUtc(path, Then);
    }
}
