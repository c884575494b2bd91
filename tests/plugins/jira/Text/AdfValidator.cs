using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira.Tests.Text;

/// <summary>Atlassian's own schema of its document format, run in node.</summary>
internal static class AdfValidator
{
    /// <summary>What is wrong with which document; empty: all are valid.</summary>
    public static async Task<IReadOnlyList<string>> InvalidAsync(IReadOnlyList<JsonNode> documents)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules ?? "", "@atlaskit", "adf-schema")) && Directory.Exists(Path.Combine(modules ?? "", "ajv-draft-04")),
            "Atlassian's document schema: VAKA_TEST_NODE_MODULES does not hold @atlaskit/adf-schema and ajv-draft-04");
        var message = new JsonObject
        {
            ["modules"] = modules,
            ["documents"] = new JsonArray([.. documents.Select(document => document.DeepClone())]),
        };
        using var node = StartNode();
        var answer = node.StandardOutput.ReadToEndAsync();
        await node.StandardInput.WriteAsync(message.ToJsonString(new() { MaxDepth = 256 }));
        node.StandardInput.Close();
        var invalid = JsonNode.Parse(await answer)!.AsArray();
        await node.WaitForExitAsync();
        return [.. invalid.Select(item => $"{item!["errors"]} in {documents[(int)item["index"]!].ToJsonString()}")];
    }

    private static Process StartNode()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Text", "validate-adf.mjs")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Atlassian's document schema: node is not installed");
            throw;
        }
    }
}
