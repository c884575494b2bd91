using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Teams.Graph;

/// <summary>Somebody who is told of a message.</summary>
public sealed record GraphMention
{
    /// <summary>The person's object id in Microsoft Entra.</summary>
    [Display(Name = "User id", Order = 10, Prompt = "00000000-0000-0000-0000-000000000000", Description = "The person's object id in "
        + "Microsoft Entra, a GUID.")]
    [StringLength(36, MinimumLength = 1)]
    public required string UserId { get; init; }

    /// <summary>The name as it stands in the content.</summary>
    [Display(Name = "Display name", Order = 20, Description = "The name as it stands in the content between <at> and </at>.")]
    [Sensitive]
    [StringLength(200, MinimumLength = 1)]
    public required string DisplayName { get; init; }
}
