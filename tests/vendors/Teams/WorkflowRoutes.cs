using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Teams;

/// <summary>Power Automate's side: takes a request at once and posts later, when <see cref="CompleteRuns"/> is called.</summary>
public sealed class WorkflowRoutes(TimeProvider clock)
{
    private const int MostInASecond = 4;
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ConcurrentDictionary<string, Workflow> workflows = new();
    private readonly ConcurrentQueue<(string Run, Workflow Workflow, JsonNode Message)> pending = new();
    private readonly ConcurrentDictionary<string, string> runs = new();

    /// <summary>How each run ended: <c>Running</c>, <c>Succeeded</c> or why not.</summary>
    public IReadOnlyDictionary<string, string> Runs => runs;

    /// <summary>Makes a workflow that posts to a channel. Answers the path and query of its URL, which is to be called exactly so.</summary>
    public string Add(TeamsChannel channel)
    {
        // The signature holds characters that a rewriting client would decode or encode.
        var signature = $"{RandomNumberGenerator.GetHexString(20)}%2D%5f-_";
        var workflow = new Workflow(channel, $"?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={signature}");
        var id = Guid.NewGuid().ToString("N");
        workflows[id] = workflow;
        return $"/workflows/{id}/triggers/manual/paths/invoke{workflow.Query}";
    }

    /// <summary>Switches a workflow off, or deletes it.</summary>
    public void Disable(string pathAndQuery, bool delete = false) => Find(pathAndQuery.Split('/')[2]).State = delete ? "Deleted" : "Disabled";

    /// <summary>Forgets a workflow, as happens some time after it was deleted.</summary>
    public void Forget(string pathAndQuery) => workflows.TryRemove(pathAndQuery.Split('/')[2], out _);

    /// <summary>Does what was taken so far. A message that Teams refuses fails its run, and nobody is told.</summary>
    public void CompleteRuns()
    {
        while (pending.TryDequeue(out var taken))
        {
            foreach (var attachment in taken.Message["attachments"]!.AsArray())
            {
                // Teams keeps the card as text inside the message's properties, and counts those.
                var card = attachment!["content"]!;
                var text = card.ToJsonString(Relaxed);
                var size = JsonSerializer.SerializeToUtf8Bytes(text, Relaxed).Length;
                if (size > TeamsServer.MaxMessageBytes || (string?)card["type"] is not "AdaptiveCard")
                {
                    runs[taken.Run] = size > TeamsServer.MaxMessageBytes ? "MessageSizeExceeded" : "BadRequest";
                    continue;
                }

                taken.Workflow.Channel.Add(new TeamsMessage($"{clock.GetUtcNow().ToUnixTimeMilliseconds()}", null, "", text));
                runs[taken.Run] = "Succeeded";
            }
        }
    }

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost(
        "/workflows/{id}/triggers/manual/paths/invoke",
        async (string id, HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            return Take(id, context, await reader.ReadToEndAsync(context.RequestAborted));
        });

    private IResult Take(string id, HttpContext context, string body)
    {
        if (!workflows.TryGetValue(id, out var workflow)) return Refuse(404, "WorkflowNotFound", $"The workflow '{id}' could not be found.");
        if (context.Request.QueryString.Value != workflow.Query || context.Request.Headers.Authorization.Count > 0)
            return Refuse(401, "DirectApiAuthorizationRequired", "The request must be authenticated only by Shared Access scheme.");
        if (workflow.State is not "Enabled")
        {
            return Refuse(
                400,
                "WorkflowTriggerIsNotEnabled",
                $"Could not execute workflow '{id}' trigger 'manual' with state '{workflow.State}': trigger is not enabled.");
        }

        if (!workflow.Admit(clock.GetUtcNow(), MostInASecond))
        {
            context.Response.Headers.RetryAfter = "1";
            return Refuse(429, "WorkflowRunActionRateLimited", "Too many requests.");
        }

        if (Encoding.UTF8.GetByteCount(body) > TeamsServer.MaxMessageBytes) return Refuse(413, "RequestEntityTooLarge", "Too large.");
        JsonNode? message;
        try
        {
            message = context.Request.HasJsonContentType() ? JsonNode.Parse(body) : null;
        }
        catch (JsonException)
        {
            message = null;
        }

        if (message is null) return Refuse(400, "InvalidRequestContent", "The request content is not valid and could not be deserialized.");
        if ((string?)message["type"] is not "message" || message["attachments"] is not JsonArray { Count: > 0 })
        {
            return Refuse(
                400,
                "TriggerInputSchemaMismatch",
                "The input body for trigger 'manual' of type 'Request' did not match its schema definition.");
        }

        var run = $"08{RandomNumberGenerator.GetHexString(24)}CU01";
        runs[run] = "Running";
        pending.Enqueue((run, workflow, message));
        context.Response.Headers["x-ms-workflow-run-id"] = run;
        return Results.StatusCode(202);
    }

    private Workflow Find(string id) => workflows[id];

    private static IResult Refuse(int status, string code, string message) =>
        Results.Json(new { error = new { code, message } }, statusCode: status);

    private sealed class Workflow(TeamsChannel channel, string query)
    {
        private readonly Queue<DateTimeOffset> recent = new();

        public TeamsChannel Channel { get; } = channel;

        public string Query { get; } = query;

        public string State { get; set; } = "Enabled";

        public bool Admit(DateTimeOffset now, int most)
        {
            lock (recent)
            {
                while (recent.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromSeconds(1)) recent.Dequeue();
                if (recent.Count >= most) return false;
                recent.Enqueue(now);
                return true;
            }
        }
    }
}
