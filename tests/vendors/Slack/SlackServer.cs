using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Slack;

/// <summary>Stands in for slack.com, hooks.slack.com and files.slack.com: several workspaces, told apart by their tokens.</summary>
/// <param name="clock">Decides about rate limits, schedules and when a new channel is listed.</param>
public sealed class SlackServer(TimeProvider clock) : VendorServer
{
    private readonly Lock gate = new();
    private readonly List<SlackWorkspace> workspaces = [];
    private readonly List<DateTimeOffset> lists = [];

    /// <summary>How many calls of a listing method a minute are taken: tier 2.</summary>
    public int ListsPerMinute { get; set; } = 20;

    /// <summary>Messages that a channel takes within a second.</summary>
    public int PostsPerSecond { get; set; } = 1;

    /// <summary>The largest page, whatever limit is asked for.</summary>
    public int LargestPage { get; set; } = 1000;

    /// <summary>The workspaces.</summary>
    public IReadOnlyList<SlackWorkspace> Workspaces => workspaces;

    /// <summary>Adds a workspace.</summary>
    public SlackWorkspace Add(SlackWorkspace workspace)
    {
        workspaces.Add(workspace);
        return workspace;
    }

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/{method}", ["GET", "POST"], CallAsync);
        routes.MapPost("/upload/v1/{file}", UploadAsync);
        routes.MapPost("/services/{team}/{bot}/{secret}", PostToWebhookAsync);
    }

    private async Task CallAsync(HttpContext http)
    {
        var arguments = await SlackArguments.ReadAsync(http.Request);
        SlackReply reply;
        var method = http.Request.RouteValues["method"] as string ?? "";
        lock (gate)
        {
            var token = http.Request.Headers.Authorization.ToString();
            reply = workspaces.Find(workspace => token == $"Bearer {workspace.Token}") is not { } found
                ? SlackReply.Error(token.Length is 0 ? "not_authed" : "invalid_auth")
                : TooManyLists(method) ? SlackReply.RateLimited(60)
                : new SlackMethods(found, clock.GetUtcNow(), PostsPerSecond, LargestPage).Call(method, arguments) with { Scopes = string.Join(',', found.Scopes) };
        }

        // Slack refuses with 200; only its rate limits have a status of their own.
        http.Response.StatusCode = reply.RetryAfter is null ? 200 : 429;
        if (reply.RetryAfter is { } wait) http.Response.Headers.RetryAfter = $"{wait}";
        if (reply.Scopes is { } scopes) http.Response.Headers["x-oauth-scopes"] = scopes;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(reply.Body.ToJsonString(), http.RequestAborted);
    }

    private bool TooManyLists(string method)
    {
        if (method is not ("conversations.list" or "users.list")) return false;
        var now = clock.GetUtcNow();
        lists.RemoveAll(at => now - at > TimeSpan.FromMinutes(1));
        lists.Add(now);
        return lists.Count > ListsPerMinute;
    }

    private async Task UploadAsync(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var id = http.Request.RouteValues["file"] as string ?? "";
        bool taken;
        lock (gate)
        {
            var file = workspaces.Select(workspace => workspace.Files.GetValueOrDefault(id)).FirstOrDefault(known => known is not null);
            taken = file is { Bytes: null } && file.Length == bytes.Length;
            if (taken) file!.Bytes = bytes.ToArray(); // taken says that it is there
        }

        http.Response.StatusCode = taken ? 200 : 400;
        await http.Response.WriteAsync(taken ? $"OK - {bytes.Length}" : "length mismatch", http.RequestAborted);
    }

    private async Task PostToWebhookAsync(HttpContext http)
    {
        var (status, word) = (200, "ok");
        JsonObject? payload = null;
        try
        {
            payload = await JsonSerializer.DeserializeAsync<JsonObject>(http.Request.Body, cancellationToken: http.RequestAborted);
        }
        catch (JsonException)
        {
            // Answered below.
        }

        lock (gate)
        {
            var workspace = workspaces.Find(known => http.Request.Path.Value == $"/services/{known.WebhookPath}");
            if (workspace is null || workspace.WebhookIsGone) (status, word) = (404, "no_service");
            else if (payload is null) (status, word) = (400, "invalid_payload");
            else if (payload["text"] is null && payload["blocks"] is null) (status, word) = (400, "no_text");
            else if (workspace.Channels[0].IsArchived) (status, word) = (410, "channel_is_archived");
            else
            {
                workspace.Messages.Add(new SlackMessage(
                    workspace.Channels[0].Id, workspace.NewTs(clock.GetUtcNow()), payload["text"]?.GetValue<string>() ?? "")
                {
                    Blocks = payload["blocks"]?.ToJsonString(),
                });
            }
        }

        http.Response.StatusCode = status;
        await http.Response.WriteAsync(word, http.RequestAborted);
    }
}
