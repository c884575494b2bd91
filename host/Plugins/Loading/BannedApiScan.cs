using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Finds what an assembly uses although the contract forbids it. The list is the one that the analyzer holds plugins to when they
/// are compiled; a plugin may have been compiled without.</summary>
internal static class BannedApiScan
{
    private const string List = "BannedSymbols.txt";

    private static readonly IReadOnlyDictionary<string, string> Banned = ReadList();

    /// <summary>One finding per forbidden type or member, such as <c>System.IO.File: A provider has no files</c>, in order. Overloads are
    /// not told apart. What is reached by reflection is not seen.</summary>
    public static IReadOnlyList<string> Scan(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences.Select(handle => NameOf(metadata, handle));
        var members = metadata.MemberReferences
            .Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind is HandleKind.TypeReference)
            .Select(member => $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}");
        return types.Concat(members)
            .Distinct()
            .Where(Banned.ContainsKey)
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name}: {Banned[name]}")
            .ToList();
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    // T:Some.Type;why  M:Some.Type.#ctor(Some.Argument);why  P:Some.Type.Property;why
    private static Dictionary<string, string> ReadList()
    {
        using var stream = typeof(BannedApiScan).Assembly.GetManifestResourceStream(List)
            ?? throw new InvalidOperationException($"{List} is not embedded in the host.");
        using var reader = new StreamReader(stream);
        var banned = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(';', 2) is not [{ Length: > 2 } symbol, var why]) continue;
            var name = symbol[2..].Split('(')[0];
            switch (symbol[0])
            {
                case 'P':
                    var dot = name.LastIndexOf('.') + 1;
                    banned[name.Insert(dot, "get_")] = banned[name.Insert(dot, "set_")] = why;
                    break;
                default:
                    banned[name.Replace("#ctor", ".ctor")] = why;
                    break;
            }
        }

        return banned;
    }
}
