using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>An answer of the identity provider.</summary>
public sealed record CompleteLoginInput
{
    /// <summary>This integration's addresses.</summary>
    [Display(Description = "This integration's addresses.")]
    public required SsoAddresses Addresses { get; init; }

    /// <summary>What arrived.</summary>
    [Display(Description = "What arrived.")]
    public required ArrivedMessage Message { get; init; }

    /// <summary><see cref="BeginLoginOutput.Pending"/> of the login that this browser began under the handle that came back; default: it
    /// began none.</summary>
    [Display(Description = "What begin_login wanted to be remembered.")]
    [Sensitive]
    public string? Pending { get; init; }
}

/// <summary>Somebody who has signed in.</summary>
public sealed record CompleteLoginOutput
{
    /// <summary>The identity provider: SAML entity id or OIDC issuer.</summary>
    [Display(Description = "Entity id or issuer of the identity provider.")]
    public required string Issuer { get; init; }

    /// <summary>Who, unique within the issuer: NameID or <c>sub</c>.</summary>
    [Display(Description = "Who, unique within the issuer.")]
    [Sensitive]
    public required string Subject { get; init; }

    /// <summary>The NameID's format; default: none was given, or OpenID Connect.</summary>
    [Display(Description = "Format of the subject.")]
    public string? SubjectFormat { get; init; }

    /// <summary>What arrived, name to values, in the order of arrival.</summary>
    [Display(Description = "What arrived.")]
    [Sensitive]
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; }

    /// <summary>What it became by the mapping: texts, and lists of texts for attributes of several values.</summary>
    [Display(Description = "What it became by the attribute mapping.")]
    [Sensitive]
    public required JsonObject Attributes { get; init; }

    /// <summary>The session at the identity provider.</summary>
    [Display(Description = "The session at the identity provider.")]
    public required LoginSession Session { get; init; }

    /// <summary>What signing out will need (NameID and session index, or the ID token). The host keeps it encrypted.</summary>
    [Display(Description = "What signing out will need.")]
    [Sensitive]
    public required string LogoutState { get; init; }
}

/// <summary>A session at the identity provider.</summary>
public sealed record LoginSession
{
    /// <summary>SessionIndex or <c>sid</c>; default: none was given.</summary>
    [Display(Description = "SessionIndex or sid.")]
    public string? Index { get; init; }

    /// <summary>When the person gave credentials, in UTC; default: not said.</summary>
    [Display(Description = "When the person gave credentials.")]
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>How: AuthnContextClassRef or <c>acr</c>; default: not said.</summary>
    [Display(Description = "AuthnContextClassRef or acr.")]
    public string? Context { get; init; }

    /// <summary>When it ends at the latest, in UTC; default: not said.</summary>
    [Display(Description = "When it ends at the latest.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}
