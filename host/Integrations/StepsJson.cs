using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Steps as they are stored and answered: <c>[{name, ok, message, duration_ms}]</c>.</summary>
internal static class StepsJson
{
    public static string Write(IEnumerable<ProbeStep> steps) => new JsonArray([.. steps.Select(step => (JsonNode)new JsonObject
    {
        ["name"] = step.Name,
        ["ok"] = step.Ok,
        ["message"] = Storable(step.Message),
        ["duration_ms"] = (long)step.Duration.TotalMilliseconds,
    })]).ToJsonString();

    public static IReadOnlyList<ProbeStep> Read(string? stored) => JsonNode.Parse(stored ?? "[]") is JsonArray steps
        ? [.. steps.OfType<JsonObject>().Select(step => new ProbeStep(
            (string?)step["name"] ?? "", (bool?)step["ok"] ?? false, (string?)step["message"] ?? "",
            TimeSpan.FromMilliseconds((long?)step["duration_ms"] ?? 0)))]
        : [];

    // What a provider says may hold what PostgreSQL does not take.
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
