using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>Somebody signs out at this side.</summary>
public sealed record BeginLogoutInput
{
    /// <summary>This integration's addresses.</summary>
    [Display(Description = "This integration's addresses.")]
    public required SsoAddresses Addresses { get; init; }

    /// <summary>Comes back with the answer as RelayState or state; opaque, unguessable.</summary>
    [Display(Description = "Opaque handle that comes back as RelayState or state.")]
    [StringLength(80, MinimumLength = 16)]
    public required string Handle { get; init; }

    /// <summary><see cref="CompleteLoginOutput.LogoutState"/> of the login.</summary>
    [Display(Description = "What complete_login wanted to be remembered.")]
    [Sensitive]
    public required string LogoutState { get; init; }
}

/// <summary>How to go on.</summary>
public sealed record BeginLogoutOutput
{
    /// <summary>Takes the browser to the identity provider; <c>null</c>: it offers no logout, and signing out ends at this side.</summary>
    [Display(Description = "Takes the browser to the identity provider; null: it offers no logout.")]
    public BrowserRequest? Request { get; init; }

    /// <summary>What has to be known when the answer arrives.</summary>
    [Display(Description = "What has to be known when the answer arrives.")]
    [Sensitive]
    public string? Pending { get; init; }
}
