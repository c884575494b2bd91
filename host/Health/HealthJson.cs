using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Health;

/// <summary>Expiries as they are stored and answered.</summary>
internal static class HealthJson
{
    public static string Expiries(IEnumerable<Expiry> expiries) => new JsonArray([.. expiries.Select(expiry => (JsonNode)new JsonObject
    {
        ["what"] = expiry.What,
        ["at"] = JsonSerializer.SerializeToNode(expiry.At.ToUniversalTime()),
    })]).ToJsonString();
}
