namespace Vaka.Plugins;

/// <summary>Where and how an integration gets its access tokens (RFC 6749). A provider makes it from its config.</summary>
public sealed record OAuth2Settings
{
    /// <summary>The token endpoint.</summary>
    public required Uri TokenUrl { get; init; }

    /// <summary>The client that is registered with the vendor.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secret; default: a public client.</summary>
    public SecretString? ClientSecret { get; init; }

    /// <summary>The scopes, separated by spaces; default: what the vendor gives unasked.</summary>
    public string? Scope { get; init; }

    /// <summary>How the client is entitled; default: by itself.</summary>
    public OAuth2Grant Grant { get; init; } = OAuth2Grant.ClientCredentials;

    /// <summary>For <see cref="OAuth2Grant.Password"/>.</summary>
    public string? Username { get; init; }

    /// <summary>For <see cref="OAuth2Grant.Password"/>.</summary>
    public SecretString? Password { get; init; }

    /// <summary>For <see cref="OAuth2Grant.RefreshToken"/>: the first one. What the vendor gives in its place is kept in
    /// <see cref="IntegrationContext.State"/>.</summary>
    public SecretString? RefreshToken { get; init; }

    /// <summary>For <see cref="OAuth2Grant.AuthorizationCode"/>: where a person gives consent.</summary>
    public Uri? AuthorizationUrl { get; init; }

    /// <summary>For <see cref="OAuth2Grant.AuthorizationCode"/>: what the vendor wants beside the standard parameters, such as
    /// <c>audience</c> and <c>prompt</c>; default: nothing.</summary>
    public IReadOnlyDictionary<string, string> AuthorizationParameters { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>How an OAuth 2 client is entitled to its tokens.</summary>
public enum OAuth2Grant
{
    /// <summary>By itself (RFC 6749, section 4.4).</summary>
    ClientCredentials,

    /// <summary>By a user's name and password (section 4.3).</summary>
    Password,

    /// <summary>By a refresh token that an admin has put into the config (section 6).</summary>
    RefreshToken,

    /// <summary>By a person who has pressed Connect and given consent (section 4.1, with PKCE).</summary>
    AuthorizationCode,
}
