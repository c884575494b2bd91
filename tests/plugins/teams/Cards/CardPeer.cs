using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Teams.Tests.Cards;

/// <summary>Microsoft's own parser of Adaptive Cards, in one run of node for many cards.</summary>
internal static class CardPeer
{
    /// <summary>What it finds wrong with each card; empty: nothing. Skips the test where it is not installed.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> CheckAsync(IEnumerable<JsonNode?> cards)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules ?? "", "adaptivecards")), "card parser: VAKA_TEST_NODE_MODULES does not hold adaptivecards");
        using var node = Start();
        var output = node.StandardOutput.ReadToEndAsync();
        await node.StandardInput.WriteAsync(
            new JsonObject { ["modules"] = modules, ["cards"] = new JsonArray([.. cards.Select(card => card?.DeepClone())]) }.ToJsonString());
        node.StandardInput.Close();
        var answer = await output;
        await node.WaitForExitAsync();
        return JsonSerializer.Deserialize<List<List<string>>>(answer)!;
    }

    private static Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "check-cards.mjs")])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false),
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("card parser: node is not installed");
            throw;
        }
    }
}
