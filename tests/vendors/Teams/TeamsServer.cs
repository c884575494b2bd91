using System.Collections.Concurrent;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Teams;

/// <summary>Stands for Microsoft Teams with what leads into it: the URLs of workflows, Microsoft Graph, and Microsoft's sign-in. One account is
/// signed in; it is a member of the teams that are added.</summary>
/// <param name="clock">Measures lifetimes and the throttle; default: the system's.</param>
public sealed class TeamsServer(TimeProvider? clock = null) : VendorServer
{
    /// <summary>What a message may have, in bytes.</summary>
    public const int MaxMessageBytes = 28 * 1024;

    private readonly ConcurrentDictionary<string, TeamsTeam> teams = new();
    private WorkflowRoutes? workflows;
    private SignInRoutes? signIn;

    /// <summary>How many teams a page of Graph holds.</summary>
    public int PageSize { get; set; } = 2;

    /// <summary>The teams that the account is a member of, by their ids.</summary>
    public IReadOnlyDictionary<string, TeamsTeam> Teams => teams;

    /// <summary>The workflows.</summary>
    public WorkflowRoutes Workflows => workflows ??= new WorkflowRoutes(Clock);

    /// <summary>The app registration and its tokens.</summary>
    public SignInRoutes SignIn => signIn ??= new SignInRoutes(Clock);

    private TimeProvider Clock => clock ?? TimeProvider.System;

    /// <summary>Adds a team with channels of these names.</summary>
    public TeamsTeam AddTeam(string name, params IEnumerable<string> channels)
    {
        var team = new TeamsTeam(Guid.NewGuid().ToString(), name, [.. channels.Select(channel => new TeamsChannel(channel))]);
        teams[team.Id] = team;
        return team;
    }

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        Workflows.Map(routes);
        SignIn.Map(routes);
        new GraphRoutes(this, Clock).Map(routes);
    }
}

/// <summary>A team.</summary>
public sealed record TeamsTeam(string Id, string Name, IReadOnlyList<TeamsChannel> Channels);

/// <summary>A channel and what stands in it.</summary>
public sealed class TeamsChannel(string name)
{
    private readonly ConcurrentQueue<TeamsMessage> messages = new();

    /// <summary>Its id.</summary>
    public string Id { get; } = $"19:{Guid.NewGuid():N}@thread.tacv2";

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What stands in it, oldest first.</summary>
    public IReadOnlyList<TeamsMessage> Messages => [.. messages];

    internal void Add(TeamsMessage message) => messages.Enqueue(message);
}

/// <summary>A message in a channel.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ReplyToId">The message it answers; <c>null</c>: it begins a thread.</param>
/// <param name="Content">What it says.</param>
/// <param name="Card">Its card as JSON; <c>null</c>: none.</param>
public sealed record TeamsMessage(string Id, string? ReplyToId, string Content, string? Card);
