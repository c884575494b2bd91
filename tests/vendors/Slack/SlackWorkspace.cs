namespace Vaka.Plugins.Vendors.Slack;

/// <summary>What one workspace holds.</summary>
public sealed class SlackWorkspace
{
    private int lastId;
    private long lastMicroseconds;

    /// <summary>Its name.</summary>
    public required string Team { get; init; }

    /// <summary>The bot's token.</summary>
    public required string Token { get; init; }

    /// <summary>The secret part of the incoming webhook's path: <c>T…/B…/…</c>.</summary>
    public required string WebhookPath { get; init; }

    /// <summary>What the token may do.</summary>
    public HashSet<string> Scopes { get; } =
    [
        "chat:write", "channels:read", "groups:read", "channels:history", "users:read", "users:read.email", "im:write", "mpim:write", "reactions:write", "files:write",
    ];

    /// <summary>The conversations, in the order in which they were made.</summary>
    public List<SlackChannel> Channels { get; } = [];

    /// <summary>The people and bots.</summary>
    public List<SlackUser> Users { get; } = [];

    /// <summary>What was posted.</summary>
    public List<SlackMessage> Messages { get; } = [];

    /// <summary>What waits for its time.</summary>
    public List<SlackMessage> Scheduled { get; } = [];

    /// <summary>Files by id.</summary>
    public Dictionary<string, SlackFile> Files { get; } = [];

    /// <summary>The webhook was removed.</summary>
    public bool WebhookIsGone { get; set; }

    internal Dictionary<string, DateTimeOffset> PostedAt { get; } = [];

    /// <summary>Makes a channel. It takes a moment until lists show it.</summary>
    public SlackChannel AddChannel(string name, bool isPrivate = false, bool isMember = true, DateTimeOffset listedFrom = default)
    {
        var channel = new SlackChannel(NewId('C'), name) { IsPrivate = isPrivate, IsMember = isMember, ListedFrom = listedFrom };
        Channels.Add(channel);
        return channel;
    }

    /// <summary>Adds somebody.</summary>
    public SlackUser AddUser(string name, string realName, string email)
    {
        var user = new SlackUser(NewId('U'), name, realName, email);
        Users.Add(user);
        return user;
    }

    internal string NewId(char kind) => $"{kind}0{++lastId:D8}";

    // Unique within a workspace, and rising.
    internal string NewTs(DateTimeOffset now)
    {
        lastMicroseconds = Math.Max(lastMicroseconds + 1, now.ToUnixTimeMilliseconds() * 1000);
        return $"{lastMicroseconds / 1_000_000}.{lastMicroseconds % 1_000_000:D6}";
    }
}

/// <summary>A conversation.</summary>
public sealed record SlackChannel(string Id, string Name)
{
    /// <summary>Only members see it.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The bot is in it.</summary>
    public bool IsMember { get; set; }

    /// <summary>Nothing can be posted.</summary>
    public bool IsArchived { get; set; }

    /// <summary>The people of a direct or group message; <c>null</c>: a channel.</summary>
    public string? People { get; init; }

    /// <summary>When lists begin to show it.</summary>
    public DateTimeOffset ListedFrom { get; init; }
}

/// <summary>Somebody.</summary>
public sealed record SlackUser(string Id, string Name, string RealName, string Email);

/// <summary>A message.</summary>
public sealed record SlackMessage(string Channel, string Ts, string Text)
{
    /// <summary>The blocks as they came.</summary>
    public string? Blocks { get; init; }

    /// <summary>The message it replies to.</summary>
    public string? ThreadTs { get; init; }

    /// <summary>The sender's id of it.</summary>
    public string? ClientMessageId { get; init; }

    /// <summary>Emoji of the bot.</summary>
    public HashSet<string> Reactions { get; init; } = [];
}

/// <summary>A file.</summary>
public sealed record SlackFile(string Id, string Filename, long Length)
{
    /// <summary>What was sent; <c>null</c>: nothing yet.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>Where it was shared; <c>null</c>: nowhere yet.</summary>
    public string? Channel { get; set; }
}
