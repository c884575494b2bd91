using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Webhook;

/// <summary>How the sender proves who it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NoAuth), "none")]
[JsonDerivedType(typeof(BasicAuth), "basic")]
[JsonDerivedType(typeof(BearerAuth), "bearer")]
[JsonDerivedType(typeof(ApiKeyAuth), "api_key")]
[JsonDerivedType(typeof(OAuth2ClientCredentialsAuth), "oauth2_client_credentials")]
[JsonDerivedType(typeof(HmacAuth), "hmac")]
[JsonDerivedType(typeof(ClientCertificateAuth), "client_certificate")]
public abstract record WebhookAuth;

/// <summary>Nothing beside the signature.</summary>
[Display(Name = "None")]
public sealed record NoAuth : WebhookAuth;

/// <summary>HTTP Basic (RFC 7617), in UTF-8.</summary>
[Display(Name = "Basic")]
public sealed record BasicAuth : WebhookAuth
{
    /// <summary>The user name; no colon.</summary>
    [Display(Name = "User name", Order = 10, Description = "The user name; no colon.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Username { get; init; }

    /// <summary>The password.</summary>
    [Display(Name = "Password", Order = 20, Description = "The password.")]
    [SecretFor("url", "pinned_certificate")]
    public required SecretString Password { get; init; }
}

/// <summary>A fixed token in <c>Authorization: Bearer</c>.</summary>
[Display(Name = "Bearer token")]
public sealed record BearerAuth : WebhookAuth
{
    /// <summary>The token.</summary>
    [Display(Name = "Token", Order = 10, Description = "The token that the endpoint gave out.")]
    [SecretFor("url", "pinned_certificate")]
    public required SecretString Token { get; init; }
}

/// <summary>A key in a header or in the query.</summary>
[Display(Name = "API key")]
public sealed record ApiKeyAuth : WebhookAuth
{
    /// <summary>The header or query parameter.</summary>
    [Display(Name = "Name", Order = 10, Prompt = "X-Api-Key", Description = "The header or query parameter that carries the key.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>The key.</summary>
    [Display(Name = "Value", Order = 20, Description = "The key.")]
    [SecretFor("url", "pinned_certificate", "auth.in")]
    public required SecretString Value { get; init; }

    /// <summary><c>header</c> or <c>query</c>.</summary>
    [Display(Name = "Sent in", Order = 30, Description = "A query often ends up in the logs of the other side: prefer the header.")]
    [AllowedValues("header", "query")]
    public string In { get; init; } = "header";
}

/// <summary>A token from an OAuth 2 token endpoint (RFC 6749, section 4.4), kept until it expires.</summary>
[Display(Name = "OAuth 2 client credentials")]
public sealed record OAuth2ClientCredentialsAuth : WebhookAuth
{
    /// <summary>The token endpoint.</summary>
    [Display(Name = "Token URL", Order = 10, Prompt = "https://login.example.com/oauth2/token", Description = "Where access tokens are fetched.")]
    [Url]
    [StringLength(2048, MinimumLength = 1)]
    public required string TokenUrl { get; init; }

    /// <summary>The client's id.</summary>
    [Display(Name = "Client id", Order = 20, Description = "The id of the client registered there.")]
    [StringLength(512, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>The client's secret.</summary>
    [Display(Name = "Client secret", Order = 30, Description = "The secret of that client.")]
    [SecretFor("url", "pinned_certificate", "auth.token_url")]
    public required SecretString ClientSecret { get; init; }

    /// <summary>The scopes to ask for, separated by spaces; default: none.</summary>
    [Display(Name = "Scope", Order = 40, Description = "Separated by spaces.")]
    [StringLength(1024, MinimumLength = 1)]
    public string? Scope { get; init; }
}

/// <summary>An HMAC of the body in a header of the receiver's choice.</summary>
[Display(Name = "HMAC of the body")]
public sealed record HmacAuth : WebhookAuth
{
    /// <summary>The header that carries it.</summary>
    [Display(Name = "Header", Order = 10, Prompt = "X-Hub-Signature-256", Description = "The header that carries the HMAC.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Header { get; init; }

    /// <summary>The key: the UTF-8 bytes of this text.</summary>
    [Display(Name = "Secret", Order = 20, Description = "The key: the bytes of this text in UTF-8.")]
    [SecretFor("url", "pinned_certificate")]
    public required SecretString Secret { get; init; }

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    [Display(Name = "Algorithm", Order = 30, Description = "The hash to use.")]
    [AllowedValues("sha256", "sha512")]
    public string Algorithm { get; init; } = "sha256";

    /// <summary><c>prefixed_hex</c> (<c>sha256=0a1b…</c>, as in W3C WebSub), <c>hex</c> or <c>base64</c>.</summary>
    [Display(Name = "Written as", Order = 40,
        Description = "prefixed_hex writes sha256=0a1b…, which most receivers expect; hex and base64 write the value alone.")]
    [AllowedValues("prefixed_hex", "hex", "base64")]
    public string Encoding { get; init; } = "prefixed_hex";
}

/// <summary>A client certificate, shown in the TLS handshake.</summary>
[Display(Name = "Client certificate")]
public sealed record ClientCertificateAuth : WebhookAuth
{
    /// <summary>Certificate and private key: PEM, or a PFX in base64.</summary>
    [Display(Name = "Certificate", Order = 10,
        Description = "Certificate and private key: both in PEM, or a PFX file in base64.")]
    [Multiline]
    [SecretFor("url", "pinned_certificate")]
    public required SecretString Certificate { get; init; }

    /// <summary>The password of the PFX or of the encrypted private key; default: there is none.</summary>
    [Display(Name = "Password", Order = 20, Description = "The password of the PFX or of the encrypted private key; empty if there is none.")]
    [SecretFor("url", "pinned_certificate")]
    public SecretString? Password { get; init; }
}
