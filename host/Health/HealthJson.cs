using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Health;

/// <summary>Steps and expiries as they are stored and answered.</summary>
internal static class HealthJson
{
    public static string Steps(IEnumerable<ProbeStep> steps) => new JsonArray([.. steps.Select(step => (JsonNode)new JsonObject
    {
        ["name"] = step.Name,
        ["ok"] = step.Ok,
        ["message"] = step.Message,
        ["duration_ms"] = (long)step.Duration.TotalMilliseconds,
    })]).ToJsonString();

    public static string Expiries(IEnumerable<Expiry> expiries) => new JsonArray([.. expiries.Select(expiry => (JsonNode)new JsonObject
    {
        ["what"] = expiry.What,
        ["at"] = JsonSerializer.SerializeToNode(expiry.At.ToUniversalTime()),
    })]).ToJsonString();
}
