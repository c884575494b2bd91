using System.Text.RegularExpressions;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Vaka.Plugins.EndToEnd.Tests.Deployment;

using Map = Dictionary<object, object>;

/// <summary>The compose file that comes with the host.</summary>
internal sealed partial class ComposeFile
{
    private readonly string text = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
    private readonly Map services;

    public ComposeFile() => services = Of(new Deserializer().Deserialize<Map>(new MergingParser(new Parser(new StringReader(text)))), "services");

    public static string Folder { get; } = Path.Combine(HostProcess.Repository, "host", "Deployment");

    public IEnumerable<string> Services => services.Keys.Select(name => $"{name}");

    /// <summary>The variables that it cannot do without.</summary>
    public IEnumerable<string> Required => Variable().Matches(text).Select(match => match.Groups[1].Value).Distinct();

    public IEnumerable<string> Ports(string service) =>
        Of(services, service).TryGetValue("ports", out var ports) ? ((List<object>)ports).Select(port => $"{port}") : [];

    /// <summary>A service's environment with variables put in, as compose does it.</summary>
    public Dictionary<string, string> Environment(string service, IReadOnlyDictionary<string, string> variables) =>
        Of(Of(services, service), "environment").ToDictionary(
            pair => $"{pair.Key}", pair => Variable().Replace($"{pair.Value}", match => variables[match.Groups[1].Value]));

    private static Map Of(Map map, string key) => (Map)map[key];

    [GeneratedRegex(@"\$\{(\w+):\?[^}]*\}")]
    private static partial Regex Variable();
}
