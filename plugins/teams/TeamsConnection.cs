using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Teams;

/// <summary>How messages get into Teams.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WorkflowConnection), "workflow")]
[JsonDerivedType(typeof(GraphConnection), "graph")]
public abstract record TeamsConnection;

/// <summary>A Power Automate workflow that waits for a webhook request. It takes cards and says that it took them, no more.</summary>
[Display(Name = "Workflow URL")]
public sealed record WorkflowConnection : TeamsConnection
{
    /// <summary>The workflow's URL with its <c>sig</c>. Whoever has it can post, so it is a secret as a whole.</summary>
    [Display(Name = "Workflow URL", Order = 10, Prompt = "https://….api.powerplatform.com:443/…/triggers/manual/paths/invoke?…&sig=…",
        Description = "In Teams: the channel's … menu, Workflows, 'Send webhook alerts to a channel'. Copy the URL that it shows at the "
            + "end, whole and unchanged.")]
    [SecretFor("connection")]
    [StringLength(4096, MinimumLength = 1)]
    public required SecretString WorkflowUrl { get; init; }
}

/// <summary>Microsoft Graph, on behalf of an account: posting to a channel has no permission for applications alone.</summary>
[Display(Name = "Microsoft Graph")]
public sealed record GraphConnection : TeamsConnection
{
    /// <summary>The directory that the app is registered in.</summary>
    [Display(Name = "Tenant id", Order = 10, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Directory (tenant) id of the app registration, or a domain of the directory, such as contoso.onmicrosoft.com.")]
    [StringLength(253, MinimumLength = 1)]
    public required string TenantId { get; init; }

    /// <summary>The app registration.</summary>
    [Display(Name = "Client id", Order = 20, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Application (client) id of the app registration.")]
    [StringLength(36, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>The app's secret; default: a public client, which needs <see cref="RefreshToken"/>.</summary>
    [Display(Name = "Client secret", Order = 30,
        Description = "The Value of a client secret of the app registration, not its Secret ID. Empty only for a public client with a "
            + "refresh token.")]
    [SecretFor("connection.tenant_id", "connection.client_id", "connection.cloud")]
    [StringLength(512, MinimumLength = 1)]
    public SecretString? ClientSecret { get; init; }

    /// <summary>A refresh token got elsewhere; default: a person presses Connect.</summary>
    [Display(Name = "Refresh token", Order = 40,
        Description = "Leave it empty and press Connect after saving. Only for those who got a refresh token elsewhere; what Microsoft "
            + "gives in its place is kept by itself.")]
    [SecretFor("connection.tenant_id", "connection.client_id", "connection.cloud")]
    [StringLength(8192, MinimumLength = 1)]
    public SecretString? RefreshToken { get; init; }

    /// <summary>Which of Microsoft's clouds: <c>global</c> (GCC too), <c>gcc_high</c> or <c>dod</c>.</summary>
    [Display(Name = "Cloud", Order = 50,
        Description = "global for everyone, GCC included; gcc_high and dod for Microsoft 365 in those clouds of the US Government.")]
    [AllowedValues("global", "gcc_high", "dod")]
    public string Cloud { get; init; } = "global";

    /// <summary>The team of <see cref="DefaultChannelId"/>.</summary>
    [Display(Name = "Default team", Order = 60, Prompt = "00000000-0000-0000-0000-000000000000",
        Description = "Id of the team that messages go to where a call names none.")]
    [HasOptions]
    [StringLength(36, MinimumLength = 1)]
    public string? DefaultTeamId { get; init; }

    /// <summary>Where <c>post_message</c> and <c>post_card</c> go.</summary>
    [Display(Name = "Default channel", Order = 70, Prompt = "19:…@thread.tacv2",
        Description = "Id of the channel in the default team. post_message and post_card go there, and channel messages that name none.")]
    [HasOptions]
    [StringLength(200, MinimumLength = 1)]
    public string? DefaultChannelId { get; init; }
}
