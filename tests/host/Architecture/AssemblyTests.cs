using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Architecture;

public class AssemblyTests
{
    private static readonly string[] Unwanted = ["Services", "Helpers", "Common", "Models", "Interfaces", "Utils"];

    public static TheoryData<string> ShippedPlugins =>
        [.. Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "plugins")).Select(path => Path.GetFileName(path)).Order()];

    public static TheoryData<string> OwnAssemblies =>
    [
        typeof(IIntegrationProvider).Assembly.Location,
        typeof(PluginCatalog).Assembly.Location,
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins"), "Vaka.Plugins.*.dll", SearchOption.AllDirectories).Order(),
    ];

    [Theory]
    [MemberData(nameof(ShippedPlugins))]
    public void Plugin_Assemblies_ReferenceTheContractOnly(string folder)
    {
        foreach (var assembly in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins", folder), "Vaka.Plugins.*.dll"))
        {
            var others = Read(assembly, metadata => metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
                .Where(name => name.StartsWith("Vaka.", StringComparison.Ordinal) && name != "Vaka.Plugins.Abstractions")
                .ToList());
            Assert.Empty(others);
        }
    }

    [Theory]
    [MemberData(nameof(ShippedPlugins))]
    public void Plugin_Folder_HasNothingThatTheHostShares(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins", folder), "*.dll").Select(path => Path.GetFileName(path)).ToList();
        Assert.Contains(files, file => file.StartsWith("Vaka.Plugins.", StringComparison.Ordinal));
        Assert.DoesNotContain("Vaka.Plugins.Abstractions.dll", files);
        Assert.DoesNotContain("Microsoft.Extensions.DependencyInjection.Abstractions.dll", files);
        Assert.DoesNotContain("Microsoft.Extensions.Logging.Abstractions.dll", files);
    }

    [Theory]
    [MemberData(nameof(OwnAssemblies))]
    public void Namespaces_SayWhatLivesThere(string assembly)
    {
        var namespaces = Read(assembly, metadata => metadata.TypeDefinitions
            .Select(handle => metadata.GetString(metadata.GetTypeDefinition(handle).Namespace))
            .Where(name => name.StartsWith("Vaka.", StringComparison.Ordinal) && name.Split('.').Intersect(Unwanted).Any())
            .Distinct()
            .ToList());
        Assert.Empty(namespaces);
    }

    private static T Read<T>(string assembly, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        return read(file.GetMetadataReader());
    }
}
