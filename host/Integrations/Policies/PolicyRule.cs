using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Policies;

/// <summary>What becomes of the calls of a caller, by a channel, of an action. What is <c>null</c> is any.</summary>
internal sealed record PolicyRule(string? Caller, CallChannel? Channel, string? Action, PolicyEffect Effect)
{
    public const int LongestCaller = 210;

    /// <summary>How closely it says which calls it is about. The caller counts before the channel and the channel before the action: whoever
    /// names a caller knows whom they trust, and a rule for everybody must not undo that; a channel is the next best word for who is there;
    /// an action only says what is done.</summary>
    public int Closeness => (Caller is null ? 0 : 4) + (Channel is null ? 0 : 2) + (Action is null ? 0 : 1);

    public bool IsAbout(string caller, CallChannel channel, string action) =>
        (Caller is null || Caller == caller) && (Channel is null || Channel == channel) && (Action is null || Action == action);

    /// <summary>For people: "for key:… over mcp, push_data".</summary>
    public override string ToString() =>
        $"for {Caller ?? "anyone"} over {(Channel is { } channel ? SnakeCaseEnum.Text(channel) : "any channel")}, {Action ?? "every action"}";
}

/// <summary>What becomes of a call, the milder first.</summary>
internal enum PolicyEffect
{
    /// <summary>It is run.</summary>
    Allow,

    /// <summary>It waits until an admin approves it.</summary>
    Ask,

    /// <summary>It is refused.</summary>
    Block,
}

/// <summary>By which way a call came.</summary>
internal enum CallChannel
{
    /// <summary>The API, its answers in words for agents included.</summary>
    Api,

    /// <summary>The Model Context Protocol.</summary>
    Mcp,
}
