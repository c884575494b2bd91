using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>What an assembly says about itself, read from its metadata: nothing is loaded and nothing runs.</summary>
/// <param name="Path">The file.</param>
/// <param name="Version">The version that people know: the informational one without its build suffix.</param>
/// <param name="Contract">The version of the contract that it was compiled against; <c>null</c>: it does not use the contract.</param>
/// <param name="Module">The id that its compiler gave it: other code, other id.</param>
internal sealed record AssemblyFacts(string Path, string Version, Version? Contract, Guid Module)
{
    public static string ContractName { get; } = typeof(IIntegrationProvider).Assembly.GetName().Name!; // a compiled assembly has a name

    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>The facts, or <c>null</c> for what is no .NET assembly: a native library, or not even that.</summary>
    public static AssemblyFacts? Read(string path)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata) return null;
            var metadata = file.GetMetadataReader();
            return metadata.IsAssembly
                ? new AssemblyFacts(path, ReadVersion(metadata), ReadContract(metadata), metadata.GetGuid(metadata.GetModuleDefinition().Mvid))
                : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private static Version? ReadContract(MetadataReader metadata) =>
        metadata.AssemblyReferences
            .Select(metadata.GetAssemblyReference)
            .Where(reference => metadata.StringComparer.Equals(reference.Name, ContractName))
            .Select(reference => reference.Version)
            .Max();

    private static string ReadVersion(MetadataReader metadata)
    {
        var assembly = metadata.GetAssemblyDefinition();
        var informational = assembly.GetCustomAttributes()
            .Select(metadata.GetCustomAttribute)
            .Where(attribute => IsInformationalVersion(metadata, attribute))
            .Select(attribute => ReadFirstString(metadata, attribute))
            .FirstOrDefault();
        return informational is { Length: > 0 } ? informational.Split('+')[0] : assembly.Version.ToString();
    }

    private static bool IsInformationalVersion(MetadataReader metadata, CustomAttribute attribute) =>
        attribute.Constructor.Kind is HandleKind.MemberReference
        && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
        && metadata.StringComparer.Equals(
            metadata.GetTypeReference((TypeReferenceHandle)parent).Name, nameof(AssemblyInformationalVersionAttribute));

    // ECMA-335 II.23.3: a prolog of two bytes, then the arguments of the constructor.
    private static string? ReadFirstString(MetadataReader metadata, CustomAttribute attribute)
    {
        var blob = metadata.GetBlobReader(attribute.Value);
        return blob.ReadUInt16() == 1 ? blob.ReadSerializedString() : null;
    }
}
