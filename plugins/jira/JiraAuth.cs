using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Jira;

/// <summary>Whose account is used.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ApiTokenAuth), "api_token")]
[JsonDerivedType(typeof(PersonalAccessTokenAuth), "personal_access_token")]
[JsonDerivedType(typeof(BasicAuth), "basic")]
[JsonDerivedType(typeof(OAuth2Auth), "oauth2")]
public abstract record JiraAuth;

/// <summary>Cloud: an account's address and API token.</summary>
[Display(Name = "API token (Cloud)")]
public sealed record ApiTokenAuth : JiraAuth
{
    /// <summary>The account's mail address.</summary>
    [Display(Name = "E-mail", Order = 10, Prompt = "automation@example.com", Description = "The mail address of the Atlassian account.")]
    [EmailAddress]
    [StringLength(254, MinimumLength = 3)]
    public required string Email { get; init; }

    /// <summary>Its API token.</summary>
    [Display(Name = "API token", Order = 20,
        Description = "Made at https://id.atlassian.com/manage-profile/security/api-tokens. It ends within a year: note the date.")]
    [SecretFor("site_url")]
    public required SecretString Token { get; init; }
}

/// <summary>Data Center: a personal access token.</summary>
[Display(Name = "Personal access token (Data Center)")]
public sealed record PersonalAccessTokenAuth : JiraAuth
{
    /// <summary>The token.</summary>
    [Display(Name = "Token", Order = 10, Description = "Made in Jira under Profile, Personal Access Tokens (Jira 8.14 and later).")]
    [SecretFor("site_url")]
    public required SecretString Token { get; init; }
}

/// <summary>Data Center: user name and password.</summary>
[Display(Name = "User name and password (Data Center)")]
public sealed record BasicAuth : JiraAuth
{
    /// <summary>The user name; no colon.</summary>
    [Display(Name = "User name", Order = 10, Description = "The user name; no colon.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Username { get; init; }

    /// <summary>The password.</summary>
    [Display(Name = "Password", Order = 20, Description = "The password.")]
    [SecretFor("site_url")]
    public required SecretString Password { get; init; }
}

/// <summary>Cloud: OAuth 2 with a person's consent (3LO), given by Connect.</summary>
[Display(Name = "OAuth 2 (Cloud)")]
public sealed record OAuth2Auth : JiraAuth
{
    internal static readonly Uri TokenUrl = new("https://auth.atlassian.com/oauth/token");
    private const string Scopes = "read:jira-work write:jira-work read:jira-user offline_access";

    /// <summary>The app's client id.</summary>
    [Display(Name = "Client id", Order = 10,
        Description = "Of the OAuth 2.0 app made at https://developer.atlassian.com/console/myapps. Save, then press Connect.")]
    [StringLength(512, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>The app's secret.</summary>
    [Display(Name = "Client secret", Order = 20, Description = "The secret of that app.")]
    [SecretFor("site_url")]
    public required SecretString ClientSecret { get; init; }

    internal OAuth2Settings ToSettings() => new()
    {
        TokenUrl = TokenUrl,
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        Scope = Scopes,
        Grant = OAuth2Grant.AuthorizationCode,
        AuthorizationUrl = new Uri("https://auth.atlassian.com/authorize"),
        AuthorizationParameters = new Dictionary<string, string> { ["audience"] = "api.atlassian.com", ["prompt"] = "consent" },
    };
}
