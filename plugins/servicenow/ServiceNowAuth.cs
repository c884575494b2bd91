using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.ServiceNow;

/// <summary>How the integration signs in.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(BasicAuth), "basic")]
[JsonDerivedType(typeof(ClientCredentialsAuth), "oauth2_client_credentials")]
[JsonDerivedType(typeof(PasswordAuth), "oauth2_password")]
[JsonDerivedType(typeof(RefreshTokenAuth), "oauth2_refresh_token")]
[JsonDerivedType(typeof(ApiKeyAuth), "api_key")]
public abstract record ServiceNowAuth;

/// <summary>User name and password with every call.</summary>
[Display(Name = "Basic")]
public sealed record BasicAuth : ServiceNowAuth
{
    /// <summary>The user's <c>user_name</c>; no colon.</summary>
    [Display(Name = "User name", Order = 10, Description = "The User ID of the integration user; no colon.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Username { get; init; }

    /// <summary>Its password.</summary>
    [Display(Name = "Password", Order = 20, Description = "The password of that user.")]
    [SecretFor("instance_url")]
    public required SecretString Password { get; init; }
}

/// <summary>An OAuth application acting as the user that the instance's application registry names for it.</summary>
[Display(Name = "OAuth 2 client credentials")]
public sealed record ClientCredentialsAuth : ServiceNowAuth
{
    /// <summary>The application's id.</summary>
    [Display(Name = "Client ID", Order = 10, Description = "The Client ID in the instance's application registry.")]
    [StringLength(255, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>Its secret.</summary>
    [Display(Name = "Client secret", Order = 20, Description = "The Client Secret of the same entry.")]
    [SecretFor("instance_url")]
    public required SecretString ClientSecret { get; init; }
}

/// <summary>An OAuth application with a user's name and password.</summary>
[Display(Name = "OAuth 2 password")]
public sealed record PasswordAuth : ServiceNowAuth
{
    /// <summary>The application's id.</summary>
    [Display(Name = "Client ID", Order = 10, Description = "The Client ID in the instance's application registry.")]
    [StringLength(255, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>Its secret.</summary>
    [Display(Name = "Client secret", Order = 20, Description = "The Client Secret of the same entry.")]
    [SecretFor("instance_url")]
    public required SecretString ClientSecret { get; init; }

    /// <summary>The user's <c>user_name</c>.</summary>
    [Display(Name = "User name", Order = 30, Description = "The User ID of the integration user.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Username { get; init; }

    /// <summary>Its password.</summary>
    [Display(Name = "Password", Order = 40, Description = "The password of that user.")]
    [SecretFor("instance_url")]
    public required SecretString Password { get; init; }
}

/// <summary>An OAuth application with a refresh token that a user has consented to. What the instance gives in its place is kept beside the
/// integration.</summary>
[Display(Name = "OAuth 2 refresh token")]
public sealed record RefreshTokenAuth : ServiceNowAuth
{
    /// <summary>The application's id.</summary>
    [Display(Name = "Client ID", Order = 10, Description = "The Client ID in the instance's application registry.")]
    [StringLength(255, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>Its secret.</summary>
    [Display(Name = "Client secret", Order = 20, Description = "The Client Secret of the same entry.")]
    [SecretFor("instance_url")]
    public required SecretString ClientSecret { get; init; }

    /// <summary>The first refresh token.</summary>
    [Display(Name = "Refresh token", Order = 30, Description = "The refresh token that the instance gave when the user consented.")]
    [SecretFor("instance_url")]
    public required SecretString RefreshToken { get; init; }
}

/// <summary>A REST API key, in the header <c>x-sn-apikey</c>.</summary>
[Display(Name = "API key")]
public sealed record ApiKeyAuth : ServiceNowAuth
{
    /// <summary>The key.</summary>
    [Display(Name = "Key", Order = 10, Description = "The token of the REST API Key record; sent in the header x-sn-apikey.")]
    [SecretFor("instance_url")]
    public required SecretString Key { get; init; }
}
