using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Teams;

/// <summary>The way into Microsoft Teams.</summary>
public sealed record TeamsConfig : IHasTimeout
{
    /// <summary>A workflow's URL, or Microsoft Graph.</summary>
    [Display(Name = "Connection", GroupName = "Connection", Order = 10,
        Description = "workflow: the URL of a Power Automate workflow, which posts cards to one channel or chat and needs no sign-in. "
            + "graph: Microsoft Graph on behalf of an account that has given consent, which can also list teams and channels and reply.")]
    public required TeamsConnection Connection { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = "Connection", Order = 20, Description = "How long one attempt may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;
}
