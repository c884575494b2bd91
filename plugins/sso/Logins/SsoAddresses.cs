using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>Where browsers and the identity provider reach this integration. The host builds them from its public address and never from a
/// request.</summary>
public sealed record SsoAddresses
{
    /// <summary>Our SAML metadata; the default entity id.</summary>
    [Display(Description = "Address of the service provider's metadata.")]
    public required string Metadata { get; init; }

    /// <summary>Where SAML responses arrive.</summary>
    [Display(Description = "Assertion consumer service.")]
    public required string Acs { get; init; }

    /// <summary>Where authorization codes arrive.</summary>
    [Display(Description = "Redirect URI of OpenID Connect.")]
    public required string Callback { get; init; }

    /// <summary>Where SAML logout messages arrive and people come back to after signing out.</summary>
    [Display(Description = "Single logout service, and post-logout redirect URI of OpenID Connect.")]
    public required string Slo { get; init; }

    /// <summary>Where back-channel logout tokens arrive.</summary>
    [Display(Description = "Back-channel logout URI of OpenID Connect.")]
    public required string Backchannel { get; init; }
}

/// <summary>What the browser has to send: a redirect when <see cref="Fields"/> is empty, else a form that is posted.</summary>
public sealed record BrowserRequest
{
    /// <summary>Where to.</summary>
    [Display(Description = "Address to send the browser to.")]
    public required string Url { get; init; }

    /// <summary>The form's fields; default: none, a redirect.</summary>
    [Display(Description = "Fields of the form to post; none: redirect.")]
    [Sensitive]
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a browser or an identity provider sent.</summary>
public sealed record ArrivedMessage
{
    /// <summary>Whether it came by POST; else by GET.</summary>
    [Display(Description = "Whether it arrived by POST.")]
    public required bool IsPost { get; init; }

    /// <summary>The form's or query's fields, decoded: <c>SAMLResponse</c>, <c>RelayState</c>, <c>code</c>, <c>state</c>, <c>logout_token</c> …
    /// A name that arrived twice is refused by the host before it gets here.</summary>
    [Display(Description = "The fields that arrived.")]
    [Sensitive]
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The query exactly as it arrived, without the question mark: what a redirect's signature is over. Empty for a POST.</summary>
    [Display(Description = "The raw query of a GET.")]
    [Sensitive]
    public string RawQuery { get; init; } = "";
}
