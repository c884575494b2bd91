using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using YamlDotNet.RepresentationModel;

namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

/// <summary>The dashboard and the alert rules that come with the host.</summary>
internal static class WatchFiles
{
    private static string Room { get; } = Path.Combine(HostProcess.Repository, "host", "Telemetry");

    /// <summary>Every query of both, and where it stands.</summary>
    public static IReadOnlyList<(string Where, string Query)> Queries() => [.. Panels(), .. Alerts()];

    private static IEnumerable<(string, string)> Panels() =>
        from panel in JsonNode.Parse(File.ReadAllText(Path.Combine(Room, "dashboard.json")))!["panels"]!.AsArray().OfType<JsonObject>()
        from target in panel["targets"]?.AsArray().OfType<JsonObject>() ?? []
        select (panel.Text("title"), target.Text("expr"));

    private static IEnumerable<(string, string)> Alerts()
    {
        using var reader = File.OpenText(Path.Combine(Room, "alerts.yml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return [.. from named in (YamlSequenceNode)yaml.Documents.Single().RootNode["groups"]
                   from rule in (YamlSequenceNode)named["rules"]
                   select ($"{rule["alert"]}", $"{rule["expr"]}")];
    }
}
