using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Smtp;

/// <summary>How to reach and sign in to one mail server, and whom mail comes from.</summary>
public sealed record SmtpConfig : IHasTimeout
{
    private const string Server = "Server";
    private const string SignIn = "Sign-in";
    private const string OAuth = "OAuth 2";
    private const string Sender = "Sender";

    /// <summary>Name or address of the server.</summary>
    [Display(Name = "Host", GroupName = Server, Order = 10, Prompt = "mail.example.com",
        Description = "Name or address of the mail server.")]
    [StringLength(253, MinimumLength = 1)]
    public required string SmtpHost { get; init; }

    /// <summary>Its port; default 587.</summary>
    [Display(Name = "Port", GroupName = Server, Order = 20, Prompt = "587",
        Description = "587 for submission with STARTTLS, 465 for TLS from the first byte, 25 for a relay.")]
    [Range(1, 65535)]
    public int SmtpPort { get; init; } = 587;

    /// <summary>Whether the connection is encrypted; default <c>true</c>.</summary>
    [Display(Name = "Use TLS", GroupName = Server, Order = 30,
        Description = "Encrypts the connection: TLS at once on port 465, STARTTLS on any other. A server that cannot is refused; nothing "
            + "is sent in the clear.")]
    public bool SmtpUseTls { get; init; } = true;

    /// <summary>Chooses the kind of TLS where the port does not tell; default <see cref="SmtpSecurity.Auto"/>.</summary>
    [Display(Name = "Security", GroupName = Server, Order = 40,
        Description = "Only needed where the port does not tell: a server with TLS from the first byte on another port than 465, or "
            + "STARTTLS on 465.")]
    public SmtpSecurity Security { get; init; } = SmtpSecurity.Auto;

    /// <summary>SHA-256 fingerprint of the only certificate to accept; default: the system's roots decide.</summary>
    [Display(Name = "Pinned certificate", GroupName = Server, Order = 50, Prompt = "9F:86:D0:81:88:4C:…",
        Description = "SHA-256 fingerprint of the server's certificate, for a server with a certificate of its own making. Only this "
            + "certificate is accepted then.")]
    [RegularExpression("([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}", ErrorMessage = "A SHA-256 fingerprint has 64 hexadecimal digits, with or "
        + "without colons.")]
    public string? PinnedCertificate { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = Server, Order = 60, Description = "How long sending one mail may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>The account; default: no sign-in.</summary>
    [Display(Name = "User", GroupName = SignIn, Order = 110, Prompt = "noreply@example.com",
        Description = "The account to sign in as; empty for a relay that asks for none.")]
    [StringLength(320, MinimumLength = 1)]
    public string? SmtpUser { get; init; }

    /// <summary>The account's password.</summary>
    [Display(Name = "Password", GroupName = SignIn, Order = 120,
        Description = "The account's password, or an app password where the provider asks for one. Not needed with OAuth 2.")]
    [SecretFor("smtp_host", "smtp_port", "smtp_use_tls", "security", "pinned_certificate")]
    public SecretString? SmtpPassword { get; init; }

    /// <summary>Where access tokens come from; default: no OAuth 2.</summary>
    [JsonPropertyName("oauth2_token_url")]
    [Display(Name = "Token URL", GroupName = OAuth, Order = 210, Prompt = "https://oauth2.googleapis.com/token",
        Description = "Where access tokens are fetched. Setting it signs in with OAuth 2 (XOAUTH2) instead of a password.")]
    [Url]
    [StringLength(2048)]
    public string? OAuth2TokenUrl { get; init; }

    /// <summary>The application's id.</summary>
    [JsonPropertyName("oauth2_client_id")]
    [Display(Name = "Client id", GroupName = OAuth, Order = 220, Description = "The id of the application registered at the provider.")]
    [StringLength(512, MinimumLength = 1)]
    public string? OAuth2ClientId { get; init; }

    /// <summary>The application's secret.</summary>
    [JsonPropertyName("oauth2_client_secret")]
    [Display(Name = "Client secret", GroupName = OAuth, Order = 230, Description = "The application's secret. Alone, it signs in with "
        + "client credentials.")]
    [SecretFor("oauth2_token_url", "smtp_host", "smtp_port", "smtp_use_tls", "security", "pinned_certificate")]
    public SecretString? OAuth2ClientSecret { get; init; }

    /// <summary>A refresh token of the account.</summary>
    [JsonPropertyName("oauth2_refresh_token")]
    [Display(Name = "Refresh token", GroupName = OAuth, Order = 240,
        Description = "What the account's owner got by consenting. When the provider replaces it, the new one is kept by itself.")]
    [SecretFor("oauth2_token_url", "smtp_host", "smtp_port", "smtp_use_tls", "security", "pinned_certificate")]
    public SecretString? OAuth2RefreshToken { get; init; }

    /// <summary>What the token is for.</summary>
    [JsonPropertyName("oauth2_scope")]
    [Display(Name = "Scope", GroupName = OAuth, Order = 250, Prompt = "https://outlook.office365.com/.default",
        Description = "What the token is for, as the provider names it; needed with client credentials.")]
    [StringLength(2048, MinimumLength = 1)]
    public string? OAuth2Scope { get; init; }

    /// <summary>The address that mail comes from.</summary>
    [Display(Name = "From address", GroupName = Sender, Order = 310, Prompt = "noreply@example.com",
        Description = "The address that every mail comes from. Callers cannot choose another.")]
    [EmailAddress]
    [StringLength(254, MinimumLength = 3)]
    public required string FromEmail { get; init; }

    /// <summary>The name beside it; default: none.</summary>
    [Display(Name = "From name", GroupName = Sender, Order = 320, Prompt = "Example Ltd",
        Description = "The name that readers see beside the address.")]
    [StringLength(200, MinimumLength = 1)]
    public string? FromName { get; init; }

    /// <summary>Where answers go unless a mail says otherwise; default: to the sender.</summary>
    [Display(Name = "Reply to", GroupName = Sender, Order = 330, Prompt = "Support <support@example.com>",
        Description = "Where answers go, unless a mail names another address.")]
    [StringLength(320, MinimumLength = 3)]
    public string? ReplyTo { get; init; }

    internal bool UsesOAuth => OAuth2TokenUrl is not null;

    internal bool SignsIn => SmtpUser is not null;

    /// <summary>What <c>smtp_use_tls</c>, <c>security</c> and the port come to; never <see cref="SmtpSecurity.Auto"/>.</summary>
    internal SmtpSecurity Protection => Security switch
    {
        SmtpSecurity.Auto when !SmtpUseTls => SmtpSecurity.None,
        SmtpSecurity.Auto => SmtpPort == 465 ? SmtpSecurity.ImplicitTls : SmtpSecurity.Starttls,
        SmtpSecurity.Starttls or SmtpSecurity.ImplicitTls or SmtpSecurity.None => Security,
    };

    internal bool IsLoopback =>
        SmtpHost.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(SmtpHost, out var address) && IPAddress.IsLoopback(address));

    internal TlsOptions Tls => PinnedCertificate is null ? TlsOptions.Default : new TlsOptions { PinnedCertificate = PinnedCertificate };

    internal string Endpoint => $"{SmtpHost}:{SmtpPort}";
}

/// <summary>The kind of TLS.</summary>
public enum SmtpSecurity
{
    /// <summary>As <c>smtp_use_tls</c> and the port say.</summary>
    Auto,

    /// <summary>Plain at first, encrypted by the STARTTLS command before anything else is said; required, never skipped.</summary>
    Starttls,

    /// <summary>TLS from the first byte.</summary>
    ImplicitTls,

    /// <summary>No encryption.</summary>
    None,
}
