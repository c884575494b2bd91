using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Teams.Actions;

/// <summary>What became of a card.</summary>
public sealed record PostOutput
{
    /// <summary>The other side took the message.</summary>
    [Display(Name = "Accepted", Order = 10, Description = "The workflow or Microsoft Graph took the message. Not the same as delivered.")]
    public required bool Accepted { get; init; }

    /// <summary>Whether it is in the channel; <c>null</c>: a workflow does not tell.</summary>
    [Display(Name = "Delivered", Order = 20, Description = "true: the message is in the channel (Microsoft Graph). null: not known, "
        + "since a workflow posts it later and does not say whether that went well.")]
    public bool? Delivered { get; init; }

    /// <summary>The run that the workflow began, to be found in its run history; default: not told.</summary>
    [Display(Name = "Workflow run id", Order = 30, Description = "The run in the workflow's history in Power Automate, where it can be "
        + "seen whether it posted.")]
    public string? WorkflowRunId { get; init; }

    /// <summary>The message, for <c>reply_to_message</c>; only with Microsoft Graph.</summary>
    [Display(Name = "Message id", Order = 40, Description = "The message, for reply_to_message; only with Microsoft Graph.")]
    public string? MessageId { get; init; }

    /// <summary>Its team; only with Microsoft Graph, and not told of a channel that the platform lends.</summary>
    [Display(Name = "Team id", Order = 50)]
    public string? TeamId { get; init; }

    /// <summary>Its channel; as for <see cref="TeamId"/>.</summary>
    [Display(Name = "Channel id", Order = 60)]
    public string? ChannelId { get; init; }

    /// <summary>Opens it in Teams; as for <see cref="TeamId"/>.</summary>
    [Display(Name = "Web URL", Order = 70, Description = "Opens the message in Teams.")]
    public string? WebUrl { get; init; }
}
