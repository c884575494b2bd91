using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Slack;

/// <summary>Which Slack, as whom, and where to unless a call says otherwise.</summary>
public sealed record SlackConfig : IHasTimeout
{
    private const string AccessGroup = "Access";
    private const string PostingGroup = "Posting";

    /// <summary>As a bot of the workspace, or through an incoming webhook.</summary>
    [Display(Name = "Access", GroupName = AccessGroup, Order = 10,
        Description = "A bot token can do everything here; an incoming webhook only posts, and to one channel only.")]
    public required SlackAuth Auth { get; init; }

    /// <summary><c>commercial</c> (slack.com) or <c>gov</c> (slack-gov.com); default <c>commercial</c>.</summary>
    [Display(Name = "Environment", GroupName = AccessGroup, Order = 20,
        Description = "commercial is slack.com, which almost everyone uses; gov is GovSlack at slack-gov.com.")]
    [AllowedValues(SlackHosts.Commercial, SlackHosts.Gov)]
    public string Environment { get; init; } = SlackHosts.Commercial;

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = AccessGroup, Order = 30,
        Description = "How long one call may take, waiting for its turn included.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Where messages go unless a call names another conversation; default: every call has to.</summary>
    [Display(Name = "Default channel", GroupName = PostingGroup, Order = 40, Prompt = "#general",
        Description = "Where messages go unless a call names another place: a channel's id (C0123456789) or name (#general), or a person's "
            + "id (U0123456789) or e-mail address. The bot has to be a member. Not for an incoming webhook, which has its channel already.")]
    [StringLength(255, MinimumLength = 1)]
    [HasOptions]
    public string? DefaultChannel { get; init; }
}
