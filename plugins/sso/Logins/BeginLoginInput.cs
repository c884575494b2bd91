using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>Somebody wants to sign in.</summary>
public sealed record BeginLoginInput
{
    /// <summary>This integration's addresses.</summary>
    [Display(Description = "This integration's addresses.")]
    public required SsoAddresses Addresses { get; init; }

    /// <summary>Comes back with the answer as RelayState or state; opaque, unguessable.</summary>
    [Display(Description = "Opaque handle that comes back as RelayState or state.")]
    [StringLength(80, MinimumLength = 16)]
    public required string Handle { get; init; }

    /// <summary>Who it is likely to be; default: not known.</summary>
    [Display(Description = "Who it is likely to be, such as an e-mail address.")]
    [StringLength(320)]
    [Sensitive]
    public string? LoginHint { get; init; }

    /// <summary>The identity provider must ask for credentials even of somebody who is signed in there.</summary>
    [Display(Description = "Ask for credentials even of somebody who is signed in at the identity provider.")]
    public bool ForceAuthn { get; init; }
}

/// <summary>How to go on.</summary>
public sealed record BeginLoginOutput
{
    /// <summary>Takes the browser to the identity provider.</summary>
    [Display(Description = "Takes the browser to the identity provider.")]
    public required BrowserRequest Request { get; init; }

    /// <summary>What has to be known when the answer arrives (request id, nonce, PKCE verifier). The host seals it into the browser's cookie, so
    /// that starting a login stores nothing.</summary>
    [Display(Description = "What has to be known when the answer arrives.")]
    [Sensitive]
    public required string Pending { get; init; }
}
