using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Agents;

/// <summary>An agent: the protocol's own client from npm, in a process of its own.</summary>
internal sealed class McpClient : IAsyncDisposable
{
    private readonly Process node;

    private McpClient(Process node) => this.node = node;

    /// <summary>One that calls with the same key as <paramref name="caller"/>.</summary>
    public static McpClient Of(HttpClient caller, Guid? tenant = null)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES") ?? "";
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(modules, "@modelcontextprotocol", "sdk")), "agent: VAKA_TEST_NODE_MODULES does not hold @modelcontextprotocol/sdk");
        var script = Path.Combine(HostProcess.Repository, "tests", "end-to-end", "Agents", "mcp-client.mjs");
        var address = new Uri(caller.BaseAddress!, "/mcp").ToString();
        var start = new ProcessStartInfo("node", [script, modules, address, caller.DefaultRequestHeaders.Authorization?.Parameter ?? "none", $"{tenant}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return new McpClient(Process.Start(start) ?? throw new InvalidOperationException("No process was started."));
        }
        catch (Win32Exception)
        {
            Assert.Skip("agent: node is not installed");
            throw;
        }
    }

    public async Task<IReadOnlyDictionary<string, JsonObject>> ListAsync() =>
        (await AskAsync("list"))["tools"]!.AsArray().Select(tool => tool!.AsObject()).ToDictionary(tool => tool.Text("name"));

    public Task<JsonObject> CallAsync(string tool, object arguments) =>
        AskAsync("call", new JsonObject { ["name"] = tool, ["arguments"] = System.Text.Json.JsonSerializer.SerializeToNode(arguments) });

    public Task<JsonObject> ServerAsync() => AskAsync("server");

    /// <summary>What the client threw.</summary>
    public async Task<string> FailAsync(string method, JsonObject? parameters = null) => (await SendAsync(method, parameters)).Text("error");

    public async ValueTask DisposeAsync()
    {
        node.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await node.WaitForExitAsync(patience.Token);
        node.Dispose();
    }

    private async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null)
    {
        var outcome = await SendAsync(method, parameters);
        return outcome["result"]?.AsObject() ?? throw new InvalidOperationException(outcome.Text("error"));
    }

    private async Task<JsonObject> SendAsync(string method, JsonObject? parameters)
    {
        await node.StandardInput.WriteLineAsync(new JsonObject { ["method"] = method, ["params"] = parameters }.ToJsonString());
        await node.StandardInput.FlushAsync();
        var line = await node.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The client has ended.");
        return JsonNode.Parse(line)!.AsObject();
    }
}
