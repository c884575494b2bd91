using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>Somebody wants our metadata.</summary>
public sealed record GetMetadataInput
{
    /// <summary>This integration's addresses.</summary>
    [Display(Description = "This integration's addresses.")]
    public required SsoAddresses Addresses { get; init; }
}

/// <summary>Metadata of this side.</summary>
public sealed record GetMetadataOutput
{
    /// <summary><c>application/samlmetadata+xml</c>.</summary>
    [Display(Description = "Media type of the document.")]
    public required string ContentType { get; init; }

    /// <summary>The document, UTF-8.</summary>
    [Display(Description = "The document.")]
    public required string Document { get; init; }
}
