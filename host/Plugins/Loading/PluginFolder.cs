namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>A folder that should hold one plugin, judged before anything of it is loaded.</summary>
internal sealed record PluginFolder
{
    private PluginFolder(string name) => Name = name;

    public string Name { get; }

    /// <summary>The assembly to load; <c>null</c>: none could be told.</summary>
    public AssemblyFacts? Main { get; private init; }

    /// <summary>All assemblies that lie in it, not those below.</summary>
    public IReadOnlyList<AssemblyFacts> Assemblies { get; private init; } = [];

    /// <summary>Why nothing of it may be loaded; <c>null</c>: it may.</summary>
    public string? Refusal { get; private init; }

    /// <summary>The folders in <paramref name="directory"/>, in the order in which they claim their types.</summary>
    public static IReadOnlyList<string> List(string directory) =>
        new DirectoryInfo(directory).EnumerateDirectories()
            .Where(folder => !folder.Name.StartsWith('.'))
            .OrderBy(folder => folder.Name, StringComparer.Ordinal)
            .Select(folder => folder.FullName)
            .ToList();

    public static PluginFolder Inspect(string path)
    {
        var folder = new PluginFolder(Path.GetFileName(path));
        var files = Directory.EnumerateFiles(path, "*.dll").Order(StringComparer.Ordinal).ToList();
        var assemblies = files.Select(AssemblyFacts.Read).OfType<AssemblyFacts>().ToList();
        var users = assemblies.Where(assembly => assembly.Contract is not null).ToList();

        var main = users.Count == 1 ? users[0] : Described(users) is [var described] ? described : null;
        folder = folder with { Main = main, Assemblies = assemblies };
        if (ShippedContract(path) is { } contract)
        {
            return folder with
            {
                Refusal = $"It contains {Path.GetRelativePath(path, contract)}, which must come from the host: reference the contract "
                    + "with Private=\"false\" ExcludeAssets=\"runtime\", and delete that file.",
            };
        }

        if (users.Count == 0) return folder with { Refusal = NotAPlugin(files, assemblies) };
        if (main is null)
        {
            return folder with
            {
                Refusal = $"Several assemblies use the contract ({string.Join(", ", users.Select(user => user.FileName))}) and it cannot be "
                    + "told which is the plugin: lay exactly one of them with its .deps.json, as a build does.",
            };
        }

        // A newer contract in any of them would fail once that one is touched.
        return folder with { Refusal = users.Select(user => ContractCheck.Refuse(user, main)).FirstOrDefault(reason => reason is not null) };
    }

    private static List<AssemblyFacts> Described(IEnumerable<AssemblyFacts> assemblies) =>
        assemblies.Where(assembly => File.Exists(Path.ChangeExtension(assembly.Path, ".deps.json"))).ToList();

    private static string? ShippedContract(string path) =>
        Directory.EnumerateFiles(path, "*.dll", SearchOption.AllDirectories)
            .FirstOrDefault(file => Path.GetFileName(file).Equals(AssemblyFacts.ContractName + ".dll", StringComparison.OrdinalIgnoreCase));

    private static string NotAPlugin(List<string> files, List<AssemblyFacts> assemblies)
    {
        var unreadable = files.Except(assemblies.Select(assembly => assembly.Path)).Select(Path.GetFileName).ToList();
        return (files, unreadable) switch
        {
            ([], _) => "Not a plugin: the folder holds no .dll. Copy the plugin's whole build output into it, or remove it.",
            (_, []) => $"Not a plugin: nothing in it references {AssemblyFacts.ContractName}. Remove the folder, or build the plugin "
                + "against the contract.",
            _ => $"Not a plugin: nothing in it references {AssemblyFacts.ContractName}, and {string.Join(", ", unreadable)} is no .NET "
                + "assembly. Copy the plugin again, or remove the folder.",
        };
    }
}
