using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Vendors.Slack;

/// <summary>The methods of the Web API, for one call in one workspace.</summary>
internal sealed class SlackMethods(SlackWorkspace workspace, DateTimeOffset now, int postsPerSecond, int largestPage)
{
    private static readonly Dictionary<string, string> ScopeOf = new()
    {
        ["chat.postMessage"] = "chat:write", ["chat.update"] = "chat:write", ["chat.delete"] = "chat:write", ["chat.scheduleMessage"] = "chat:write",
        ["reactions.add"] = "reactions:write", ["files.getUploadURLExternal"] = "files:write", ["files.completeUploadExternal"] = "files:write",
        ["users.list"] = "users:read", ["users.lookupByEmail"] = "users:read.email", ["conversations.history"] = "channels:history",
    };

    public SlackReply Call(string method, SlackArguments arguments)
    {
        if (ScopeOf.TryGetValue(method, out var scope) && Missing(scope) is { } missing) return missing;
        return method switch
        {
            "auth.test" => SlackReply.Ok(new JsonObject { ["team"] = workspace.Team, ["user"] = "vaka_bot", ["user_id"] = "U0BOT", ["bot_id"] = "B0BOT" }),
            "chat.postMessage" => Post(arguments),
            "chat.update" => Update(arguments),
            "chat.delete" => Delete(arguments),
            "chat.scheduleMessage" => Schedule(arguments),
            "reactions.add" => React(arguments),
            "conversations.list" => Channels(arguments),
            "conversations.open" => Open(arguments),
            "conversations.history" => History(arguments),
            "users.list" => Users(arguments),
            "users.lookupByEmail" => workspace.Users.Find(user => user.Email == arguments["email"]) is { } user
                ? SlackReply.Ok(new JsonObject { ["user"] = Show(user) })
                : SlackReply.Error("users_not_found"),
            "files.getUploadURLExternal" => AskForUpload(arguments),
            "files.completeUploadExternal" => CompleteUpload(arguments),
            _ => SlackReply.Error("unknown_method"),
        };
    }

    private SlackReply? Missing(string scope)
    {
        if (workspace.Scopes.Contains(scope)) return null;
        var reply = SlackReply.Error("missing_scope");
        reply.Body["needed"] = scope;
        reply.Body["provided"] = string.Join(',', workspace.Scopes);
        return reply;
    }

    private (SlackChannel? Channel, string? Error) Place(string? id)
    {
        // Writing to a person is writing to the direct message with them.
        var channel = workspace.Channels.Find(known => known.Id == id) ?? (workspace.Users.Exists(user => user.Id == id) ? Direct(id!) : null);
        return channel is null || (channel.IsPrivate && !channel.IsMember) ? (null, "channel_not_found")
            : channel.IsArchived ? (null, "is_archived")
            : !channel.IsMember ? (null, "not_in_channel")
            : (channel, null);
    }

    private SlackChannel Direct(string people)
    {
        if (workspace.Channels.Find(known => known.People == people) is { } known) return known;
        var channel = new SlackChannel(workspace.NewId('D'), "") { People = people, IsMember = true, IsPrivate = true };
        workspace.Channels.Add(channel);
        return channel;
    }

    private SlackReply Post(SlackArguments arguments)
    {
        var (channel, error) = Place(arguments["channel"]);
        if (channel is null) return SlackReply.Error(error ?? "");
        if (arguments["text"] is null && arguments["blocks"] is null) return SlackReply.Error("no_text");
        if (arguments.List("blocks").Count > 50) return SlackReply.Error("invalid_blocks");
        var interval = TimeSpan.FromSeconds(1.0 / postsPerSecond);
        if (workspace.PostedAt.TryGetValue(channel.Id, out var last) && now - last < interval) return SlackReply.RateLimited(1);
        if (arguments["thread_ts"] is { } thread && Find(channel.Id, thread) is null) return SlackReply.Error("thread_not_found");
        workspace.PostedAt[channel.Id] = now;
        var message = new SlackMessage(channel.Id, workspace.NewTs(now), arguments["text"] ?? "")
        {
            Blocks = arguments["blocks"], ThreadTs = arguments["thread_ts"], ClientMessageId = arguments["client_msg_id"],
        };
        workspace.Messages.Add(message);
        return SlackReply.Ok(new JsonObject { ["channel"] = channel.Id, ["ts"] = message.Ts, ["message"] = Show(message) });
    }

    private SlackReply Update(SlackArguments arguments)
    {
        var (channel, error) = Place(arguments["channel"]);
        if (channel is null) return SlackReply.Error(error ?? "");
        if (Find(channel.Id, arguments["ts"]) is not { } old) return SlackReply.Error("message_not_found");
        if (arguments["text"] is { Length: > 4000 }) return SlackReply.Error("msg_too_long");

        // Text without blocks removes those that were there.
        workspace.Messages[workspace.Messages.IndexOf(old)] = old with
        {
            Text = arguments["text"] ?? old.Text, Blocks = arguments["blocks"] ?? (arguments["text"] is null ? old.Blocks : null),
        };
        return SlackReply.Ok(new JsonObject { ["channel"] = channel.Id, ["ts"] = old.Ts, ["text"] = arguments["text"] });
    }

    private SlackReply Delete(SlackArguments arguments) =>
        Find(arguments["channel"], arguments["ts"]) is { } message && workspace.Messages.Remove(message)
            ? SlackReply.Ok(new JsonObject { ["channel"] = message.Channel, ["ts"] = message.Ts })
            : SlackReply.Error("message_not_found");

    private SlackReply Schedule(SlackArguments arguments)
    {
        var (channel, error) = Place(arguments["channel"]);
        if (channel is null) return SlackReply.Error(error ?? "");
        if (!long.TryParse(arguments["post_at"], CultureInfo.InvariantCulture, out var seconds)) return SlackReply.Error("invalid_time");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (time <= now) return SlackReply.Error("time_in_past");
        if (time - now > TimeSpan.FromDays(120)) return SlackReply.Error("time_too_far");
        var id = workspace.NewId('Q');
        workspace.Scheduled.Add(new SlackMessage(channel.Id, id, arguments["text"] ?? ""));
        return SlackReply.Ok(new JsonObject { ["channel"] = channel.Id, ["scheduled_message_id"] = id, ["post_at"] = seconds });
    }

    private SlackReply React(SlackArguments arguments) =>
        Find(arguments["channel"], arguments["timestamp"]) is not { } message ? SlackReply.Error("message_not_found")
        : arguments["name"] is not { Length: > 0 } name || name.Contains(':', StringComparison.Ordinal) ? SlackReply.Error("invalid_name")
        : message.Reactions.Add(name) ? SlackReply.Ok() : SlackReply.Error("already_reacted");

    private SlackReply Channels(SlackArguments arguments)
    {
        var types = (arguments["types"] ?? "public_channel").Split(',');
        if (types.Contains("public_channel") && Missing("channels:read") is { } noPublic) return noPublic;
        if (types.Contains("private_channel") && Missing("groups:read") is { } noPrivate) return noPrivate;
        var seen = workspace.Channels.Where(channel =>
            channel.People is null && channel.ListedFrom <= now
            && (channel.IsPrivate ? channel.IsMember && types.Contains("private_channel") : types.Contains("public_channel"))
            && !(channel.IsArchived && arguments["exclude_archived"] is "true"));
        return Page(arguments, "channels", [.. seen.Select(channel => new JsonObject
        {
            ["id"] = channel.Id, ["name"] = channel.Name, ["is_private"] = channel.IsPrivate, ["is_member"] = channel.IsMember, ["is_archived"] = channel.IsArchived,
        })]);
    }

    private SlackReply Open(SlackArguments arguments)
    {
        var people = (arguments["users"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Order().ToList();
        if (people.Count is 0) return SlackReply.Error("users_list_not_supplied");
        if (Missing(people.Count is 1 ? "im:write" : "mpim:write") is { } missing) return missing;
        if (!people.TrueForAll(id => workspace.Users.Exists(user => user.Id == id))) return SlackReply.Error("user_not_found");
        var before = workspace.Channels.Count;
        var channel = Direct(string.Join(',', people));
        return SlackReply.Ok(new JsonObject { ["already_open"] = workspace.Channels.Count == before, ["channel"] = new JsonObject { ["id"] = channel.Id } });
    }

    private SlackReply History(SlackArguments arguments) => SlackReply.Ok(new JsonObject
    {
        ["messages"] = new JsonArray([.. workspace.Messages.Where(message => message.Channel == arguments["channel"]).Reverse().Take(100).Select(Show)]),
    });

    private SlackReply Users(SlackArguments arguments) => Page(arguments, "members", [.. workspace.Users.Select(Show)]);

    private SlackReply AskForUpload(SlackArguments arguments)
    {
        if (arguments["filename"] is not { Length: > 0 } name || !long.TryParse(arguments["length"], CultureInfo.InvariantCulture, out var length) || length is 0)
        {
            return SlackReply.Error("missing_argument");
        }

        var file = new SlackFile(workspace.NewId('F'), name, length);
        workspace.Files.Add(file.Id, file);
        return SlackReply.Ok(new JsonObject { ["upload_url"] = $"https://files.slack.com/upload/v1/{file.Id}", ["file_id"] = file.Id });
    }

    private SlackReply CompleteUpload(SlackArguments arguments)
    {
        if (arguments["channel_id"] is { } id && workspace.Channels.Find(channel => channel.Id == id) is not { IsMember: true }) return SlackReply.Error("channel_not_found");
        var shared = new JsonArray();
        foreach (var given in arguments.List("files"))
        {
            if (workspace.Files.GetValueOrDefault(given?["id"]?.GetValue<string>() ?? "") is not { Bytes: not null } file) return SlackReply.Error("file_not_found");
            file.Channel = arguments["channel_id"];
            shared.Add(new JsonObject { ["id"] = file.Id, ["title"] = given?["title"]?.DeepClone() });
        }

        return SlackReply.Ok(new JsonObject { ["files"] = shared });
    }

    private SlackReply Page(SlackArguments arguments, string name, List<JsonObject> all)
    {
        var begin = 0;
        if (arguments["cursor"] is { Length: > 0 } cursor)
        {
            var bytes = new byte[cursor.Length];
            if (!Convert.TryFromBase64String(cursor, bytes, out var length)
                || !int.TryParse(Encoding.ASCII.GetString(bytes, 0, length), CultureInfo.InvariantCulture, out begin)) return SlackReply.Error("invalid_cursor");
        }

        var limit = Math.Min(int.TryParse(arguments["limit"], CultureInfo.InvariantCulture, out var asked) ? asked : 100, largestPage);
        var next = begin + limit < all.Count ? Convert.ToBase64String(Encoding.ASCII.GetBytes($"{begin + limit}")) : "";
        return SlackReply.Ok(new JsonObject
        {
            [name] = new JsonArray([.. all.Skip(begin).Take(limit)]), ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        });
    }

    private SlackMessage? Find(string? channel, string? ts) => workspace.Messages.Find(message => message.Channel == channel && message.Ts == ts);

    private JsonObject Show(SlackUser user) => new()
    {
        ["id"] = user.Id, ["name"] = user.Name, ["real_name"] = user.RealName, ["deleted"] = false, ["is_bot"] = false,
        ["profile"] = workspace.Scopes.Contains("users:read.email") ? new JsonObject { ["email"] = user.Email } : [],
    };

    private static JsonObject Show(SlackMessage message) => new()
    {
        ["type"] = "message", ["text"] = message.Text, ["ts"] = message.Ts, ["client_msg_id"] = message.ClientMessageId,
    };
}
