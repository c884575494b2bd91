using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Teams;

/// <summary>The part of Microsoft Graph that is about teams, channels and their messages.</summary>
internal sealed partial class GraphRoutes(TeamsServer server, TimeProvider clock)
{
    private long lastId;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1.0/me/joinedTeams", (HttpContext context) => Guard(context, "Team.ReadBasic.All", () => Page(
            context, server.Teams.Values.OrderBy(team => team.Name, StringComparer.Ordinal).Select(Show))));
        routes.MapGet("/v1.0/teams/{team}/channels", (string team, HttpContext context) => Guard(context, "Channel.ReadBasic.All", () =>
            InTeam(team, found => Page(context, found.Channels.Select(Show)))));
        routes.MapGet("/v1.0/teams/{team}/channels/{channel}", (string team, string channel, HttpContext context) => Guard(
            context, "Channel.ReadBasic.All", () => InTeam(team, found => In(found, channel, there => Results.Json(Show(there))))));
        routes.MapPost("/v1.0/teams/{team}/channels/{channel}/messages", (string team, string channel, HttpContext context) =>
            PostAsync(team, channel, null, context));
        routes.MapPost(
            "/v1.0/teams/{team}/channels/{channel}/messages/{message}/replies",
            (string team, string channel, string message, HttpContext context) => PostAsync(team, channel, message, context));
    }

    private async Task<IResult> PostAsync(string team, string channel, string? replyTo, HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        return Guard(context, "ChannelMessage.Send", () => InTeam(team, found => In(found, channel, there => Post(found, there, replyTo, text))));
    }

    private IResult Post(TeamsTeam team, TeamsChannel channel, string? replyTo, string text)
    {
        if (replyTo is not null && !channel.Messages.Any(message => message.Id == replyTo && message.ReplyToId is null))
            return Refuse(404, "NotFound", "Message was not found.");
        if (Encoding.UTF8.GetByteCount(text) > TeamsServer.MaxMessageBytes)
            return Refuse(413, "RequestEntityTooLarge", "MessageSizeExceeded-Message properties size exceeded.");
        var message = JsonNode.Parse(text)!;
        var content = (string?)message["body"]?["content"];
        if (content is null) return Refuse(400, "BadRequest", "Missing body content.");
        string? card = null;
        foreach (var attachment in message["attachments"]?.AsArray() ?? [])
        {
            if (attachment!["content"] is not JsonValue value || value.GetValueKind() is not JsonValueKind.String)
                return Refuse(400, "BadRequest", "Attachment content must be a string.");
            card = (string?)value;
            var tag = $"<attachment id=\"{(string?)attachment["id"]}\"></attachment>";
            if (!content.Contains(tag, StringComparison.Ordinal) || (string?)message["body"]!["contentType"] is not "html")
                return Refuse(400, "BadRequest", "Attachment id is not in the body.");
        }

        if (AttachmentTag().Count(content) != (message["attachments"]?.AsArray().Count ?? 0))
            return Refuse(400, "BadRequest", "Body has an attachment that is not in attachments.");
        var made = new TeamsMessage(NextId(), replyTo, content, card);
        channel.Add(made);
        return Results.Json(
            new
            {
                id = made.Id,
                replyToId = replyTo,
                messageType = "message",
                createdDateTime = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                subject = (string?)message["subject"],
                importance = (string?)message["importance"] ?? "normal",
                webUrl = $"https://teams.microsoft.com/l/message/{Uri.EscapeDataString(channel.Id)}/{made.Id}"
                    + $"?groupId={team.Id}&tenantId={server.SignIn.TenantId}",
                body = message["body"],
            },
            statusCode: 201);
    }

    private IResult Guard(HttpContext context, string permission, Func<IResult> answer)
    {
        if (server.SignIn.ScopeOf(context.Request.Headers.Authorization) is not { } scope)
            return Refuse(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
        return scope.Split(' ').Contains(permission)
            ? answer()
            : Refuse(403, "Forbidden", $"Missing scope permissions on the request. API requires one of '{permission}'. "
                + $"Scopes on the request '{scope}'.");
    }

    private IResult InTeam(string team, Func<TeamsTeam, IResult> answer) =>
        !Guid.TryParse(team, out _) ? Refuse(400, "BadRequest", "teamId needs to be a valid GUID.")
        : server.Teams.TryGetValue(team, out var found) ? answer(found)
        : Refuse(403, "Forbidden", "User is not a member of the team.");

    private static IResult In(TeamsTeam team, string channel, Func<TeamsChannel, IResult> answer) =>
        team.Channels.FirstOrDefault(there => there.Id == channel) is { } found
            ? answer(found)
            : Refuse(404, "NotFound", "Channel was not found.");

    private IResult Page(HttpContext context, IEnumerable<object> all)
    {
        var start = int.TryParse(context.Request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var given) ? given : 0;
        var items = all.ToList();
        var page = new Dictionary<string, object> { ["value"] = items.Skip(start).Take(server.PageSize) };
        if (start + server.PageSize < items.Count)
            page["@odata.nextLink"] = $"https://{context.Request.Host}{context.Request.Path}?$skiptoken={start + server.PageSize}";
        return Results.Json(page);
    }

    private static object Show(TeamsTeam team) => new { id = team.Id, displayName = team.Name, description = (string?)null };

    private static object Show(TeamsChannel channel) =>
        new { id = channel.Id, displayName = channel.Name, description = (string?)null, membershipType = "standard" };

    private string NextId() => $"{clock.GetUtcNow().ToUnixTimeMilliseconds() + Interlocked.Increment(ref lastId)}";

    private static IResult Refuse(int status, string code, string message) => Results.Json(
        new { error = new { code, message, innerError = new Dictionary<string, string> { ["request-id"] = $"{Guid.NewGuid()}" } } },
        statusCode: status);

    [GeneratedRegex("<attachment ")]
    private static partial Regex AttachmentTag();
}
