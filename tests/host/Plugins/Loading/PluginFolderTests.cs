using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

public sealed class PluginFolderTests : IDisposable
{
    private readonly PluginDirectory plugins = new();

    public void Dispose() => plugins.Dispose();

    [Fact]
    public void Inspect_Plugin_NamesItsAssembly()
    {
        plugins.Add("good");

        var folder = PluginFolder.Inspect(plugins.PathOf("good"));

        Assert.Null(folder.Refusal);
        Assert.Equal("Vaka.Plugins.Fixtures.Good.dll", folder.Main!.FileName);
        Assert.Equal(new Version(1, 0, 0, 0), folder.Main.Contract);
    }

    [Theory]
    [InlineData(0, 9, "It needs contract 0.9, the host has 1.0: install a newer plugin.")]
    [InlineData(1, 0, null)]
    [InlineData(1, 1, "It needs contract 1.1, the host has 1.0: update the host, or install an older plugin.")]
    [InlineData(2, 0, "It needs contract 2.0, the host has 1.0: update the host, or install an older plugin.")]
    public void Inspect_ContractVersion_IsJudged(int major, int minor, string? refusal)
    {
        plugins.Write("acme", "Acme.dll", Assembly("Acme", new Version(major, minor, 0, 0)));

        var folder = PluginFolder.Inspect(plugins.PathOf("acme"));

        Assert.Equal(refusal, folder.Refusal);
        Assert.Equal($"{major}.{minor}", ContractCheck.Show(folder.Main!.Contract!));
    }

    [Fact]
    public void Inspect_PatchOfTheContract_DoesNotMatter()
    {
        plugins.Write("acme", "Acme.dll", Assembly("Acme", new Version(1, 0, 7, 3)));

        Assert.Null(PluginFolder.Inspect(plugins.PathOf("acme")).Refusal);
    }

    [Fact]
    public void Inspect_LibraryNeedsNewerContract_NamesIt()
    {
        plugins.Add("good").Write("good", "Acme.Library.dll", Assembly("Acme.Library", new Version(1, 3, 0, 0)));

        var folder = PluginFolder.Inspect(plugins.PathOf("good"));

        Assert.Equal("Vaka.Plugins.Fixtures.Good.dll", folder.Main!.FileName);
        Assert.Equal("It needs contract 1.3 (Acme.Library.dll), the host has 1.0: update the host, or install an older plugin.", folder.Refusal);
    }

    [Fact]
    public void Inspect_LibraryUsesTheContract_DepsJsonTellsThePlugin()
    {
        plugins.Add("good").Write("good", "Acme.Library.dll", Assembly("Acme.Library", new Version(1, 0, 0, 0)));

        var folder = PluginFolder.Inspect(plugins.PathOf("good"));

        Assert.Equal(("Vaka.Plugins.Fixtures.Good.dll", null), (folder.Main!.FileName, folder.Refusal));
    }

    [Fact]
    public void Inspect_SeveralUsersWithoutDepsJson_IsRefused()
    {
        plugins.Write("acme", "Acme.dll", Assembly("Acme", new Version(1, 0, 0, 0)))
            .Write("acme", "Acme.Library.dll", Assembly("Acme.Library", new Version(1, 0, 0, 0)));

        var folder = PluginFolder.Inspect(plugins.PathOf("acme"));

        Assert.Null(folder.Main);
        Assert.Equal(
            "Several assemblies use the contract (Acme.Library.dll, Acme.dll) and it cannot be told which is the plugin: lay exactly one of them "
            + "with its .deps.json, as a build does.",
            folder.Refusal);
    }

    [Fact]
    public void Inspect_ContractInSubfolderInOtherCase_IsRefused()
    {
        Directory.CreateDirectory(plugins.Add("good").PathOf("good", "lib"));
        plugins.Write("good", "lib/vaka.plugins.abstractions.dll", [0]);

        Assert.StartsWith("It contains lib/vaka.plugins.abstractions.dll, which must come from the host", PluginFolder.Inspect(plugins.PathOf("good")).Refusal);
    }

    [Fact]
    public void Inspect_GarbageBesideAPlugin_DoesNotMatter()
    {
        plugins.Add("good").Write("good", "native.dll", [1, 2, 3]);

        Assert.Null(PluginFolder.Inspect(plugins.PathOf("good")).Refusal);
    }

    [Fact]
    public void List_Folders_InOrdinalOrderWithoutHiddenOnes()
    {
        plugins.AddEmpty("b").AddEmpty("B").AddEmpty("a").AddEmpty(".git");

        Assert.Equal(["B", "a", "b"], PluginFolder.List(plugins.FullPath).Select(path => Path.GetFileName(path)));
    }

    // An empty assembly that refers to that version of the contract.
    private static byte[] Assembly(string name, Version contract)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString(name + ".dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(name), new Version(1, 0, 0, 0), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(
            default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        metadata.AddAssemblyReference(metadata.GetOrAddString("Vaka.Plugins.Abstractions"), contract, default, default, default, default);
        var blob = new BlobBuilder();
        new ManagedPEBuilder(new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll), new MetadataRootBuilder(metadata), new BlobBuilder())
            .Serialize(blob);
        return blob.ToArray();
    }
}
