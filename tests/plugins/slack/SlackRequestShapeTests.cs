using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Slack.Tests;

/// <summary>What is sent fits the types that Slack publishes for its own client.</summary>
public sealed class SlackRequestShapeTests : IAsyncDisposable
{
    private readonly SlackTest test = new();

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task Requests_FitTheTypesOfSlacksClient()
    {
        var modules = Modules();
        foreach (var (action, input) in SlackTest.Inputs) await SendAsync(action, input);
        await SendAsync("post_message", JsonNode.Parse($$"""
            {"channel": "C0RANDOM1", "markdown": "**a**", "thread_ts": "{{SlackTest.Ts}}", "reply_broadcast": true, "unfurl_links": true, "unfurl_media": false,
             "metadata": {"event_type": "a", "event_payload": {"id": 7, "ok": true, "of": {"name": "b"} } }, "username": "a", "icon_emoji": "a",
             "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a"} },
                        {"type": "section", "text": {"type": "mrkdwn", "text": "a"}, "accessory": {"type": "button", "text": {"type": "plain_text", "text": "a"} } },
                        {"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}]}, {"type": "divider"},
                        {"type": "image", "image_url": "https://e.com/a.png", "alt_text": "a"}]}
            """)!.AsObject());
        await SendAsync("post_message", """{"channel": "C0RANDOM2", "text": "a", "icon_url": "https://e.com/a.png"}""");
        await SendAsync("schedule_message", $$"""
            {"channel": "C0GENERAL", "text": "a", "post_at": "2026-01-02T09:00:00Z", "thread_ts": "{{SlackTest.Ts}}", "reply_broadcast": false}
            """);
        await SendAsync("update_message", $$"""
            {"channel": "C0GENERAL", "ts": "{{SlackTest.Ts}}", "text": "a", "blocks": [{"type": "divider"}], "metadata": {"event_type": "a", "event_payload": {} } }
            """);
        await SendAsync("upload_file", $$"""
            {"channel": "C0GENERAL", "title": "t", "initial_comment": "c", "thread_ts": "{{SlackTest.Ts}}", "snippet_type": "text",
             "file": {"filename": "a.txt", "content_type": "text/plain", "content_base64": "aGVsbG8="} }
            """);
        await SendAsync("list_channels", """{"types": ["im", "mpim"], "cursor": "a"}""");

        var calls = test.Wire.Requests.Where(request => request.Uri.Host is "slack.com").Select(Call).ToList();

        Assert.True(calls.Select(call => call["type"]!.GetValue<string>()).Distinct().Count() >= 11);

        // One that does not fit shows that the compiler has seen the types.
        calls.Add(JsonNode.Parse("""{"type": "ReactionsAddArguments", "arguments": {"channel": "C0GENERAL", "timestamp": 7, "name": "a"} }""")!.AsObject());
        Assert.StartsWith("ReactionsAddArguments: Type 'number'", Assert.Single(await CheckAsync(modules, calls)));
    }

    private async Task SendAsync(string action, JsonObject input)
    {
        test.Host.FakeClock.Advance(TimeSpan.FromMinutes(1));
        test.Wire.Next(SlackTest.Success(action));
        if (action is "schedule_message") input["post_at"] = test.Host.Clock.GetUtcNow().AddDays(1).ToString("O", CultureInfo.InvariantCulture);
        await test.RunAsync(action, input);
    }

    private Task SendAsync(string action, string input) => SendAsync(action, JsonNode.Parse(input)!.AsObject());

    // chat.postMessage is ChatPostMessageArguments there; what came as text in a query or a form has the type that it stands for.
    private static JsonObject Call(RecordedRequest request)
    {
        var method = request.Uri.AbsolutePath["/api/".Length..];
        var arguments = request.Header("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) is true
            ? request.BodyJson!.AsObject()
            : Typed(HttpUtility.ParseQueryString(request.Method is "GET" ? request.Uri.Query : request.BodyText));
        arguments.Remove("client_msg_id"); // taken by Slack, and absent from its types
        return new JsonObject
        {
            ["type"] = string.Concat(method.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..])) + "Arguments", ["arguments"] = arguments.DeepClone(),
        };
    }

    private static JsonObject Typed(System.Collections.Specialized.NameValueCollection values) => new(values.AllKeys.OfType<string>().Select(name =>
        KeyValuePair.Create<string, JsonNode?>(name, values[name] switch
        {
            "true" => true,
            "false" => false,
            var text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
            var text => text,
        })));

    private static string Modules()
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES");
        if (modules is null || !Directory.Exists(Path.Combine(modules, "@slack", "web-api")) || !Directory.Exists(Path.Combine(modules, "typescript")))
        {
            Assert.Skip("types of Slack's client: the npm packages @slack/web-api and typescript are not installed");
        }

        return modules;
    }

    private static async Task<string[]> CheckAsync(string modules, IEnumerable<JsonObject> calls)
    {
        using var node = StartNode();
        await node.StandardInput.WriteAsync(new JsonObject { ["modules"] = modules, ["calls"] = new JsonArray([.. calls]) }.ToJsonString());
        node.StandardInput.Close();
        var answer = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return JsonSerializer.Deserialize<string[]>(answer)!;
    }

    private static Process StartNode()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "check-requests.mjs")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("types of Slack's client: node is not installed");
            throw;
        }
    }
}
