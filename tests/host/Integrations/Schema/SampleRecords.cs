using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

/// <summary>A config such as a mail provider brings.</summary>
internal sealed record MailConfig
{
    [Display(Name = "Host", Description = "Name of the mail server.", GroupName = "Server", Order = 1, Prompt = "mail.example.com")]
    [StringLength(253, MinimumLength = 1)]
    public required string SmtpHost { get; init; }

    [Display(Name = "Port", GroupName = "Server", Order = 2)]
    [Range(1, 65535)]
    public int SmtpPort { get; init; } = 587;

    public string? SmtpUser { get; init; }

    [SecretFor("smtp_host", "smtp_port", "smtp_use_tls", "security")]
    public SecretString? SmtpPassword { get; init; }

    public bool SmtpUseTls { get; init; } = true;

    public MailSecurity Security { get; init; } = MailSecurity.Auto;

    [EmailAddress]
    [Required]
    public string FromEmail { get; init; } = "";

    public string? FromName { get; init; }

    [Url]
    [DependsOn("security", "auto", "starttls")]
    public string? Oauth2TokenUrl { get; init; }

    [Unit("seconds")]
    [Range(1, 300)]
    public int TimeoutSeconds { get; init; } = 30;
}

internal enum MailSecurity
{
    [Display(Name = "Choose for me")]
    Auto,
    Starttls,
    ImplicitTls,
    None,
}

/// <summary>A config such as a webhook provider brings.</summary>
internal sealed record HookConfig
{
    [Url]
    public required string Url { get; init; }

    [AllowedValues("POST", "PUT", "PATCH", "GET", "DELETE")]
    public string Method { get; init; } = "POST";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [SecretFor("url")]
    public IReadOnlyDictionary<string, SecretString> SecretHeaders { get; init; } = new Dictionary<string, SecretString>();

    public HookAuth Auth { get; init; } = new NoAuth();

    [SecretFor("url")]
    [RegularExpression("whsec_[A-Za-z0-9+/=]+")]
    public SecretString? SigningSecret { get; init; }

    public DateTimeOffset? PreviousValidUntil { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NoAuth), "none")]
[JsonDerivedType(typeof(BasicAuth), "basic")]
[JsonDerivedType(typeof(ApiKeyAuth), "api_key")]
[JsonDerivedType(typeof(OAuth2Auth), "oauth2_client_credentials")]
internal abstract record HookAuth;

[Display(Name = "No authentication", Description = "Anyone may call.")]
internal sealed record NoAuth : HookAuth;

internal sealed record BasicAuth : HookAuth
{
    public required string Username { get; init; }

    [SecretFor("url")]
    public required SecretString Password { get; init; }
}

internal sealed record ApiKeyAuth : HookAuth
{
    public required string Name { get; init; }

    [SecretFor("url", "auth.in")]
    public required SecretString Value { get; init; }

    public ApiKeyPlace In { get; init; } = ApiKeyPlace.Header;
}

internal enum ApiKeyPlace
{
    Header,
    Query,
}

internal sealed record OAuth2Auth : HookAuth
{
    [Url]
    public required string TokenUrl { get; init; }

    public required string ClientId { get; init; }

    [SecretFor("auth.token_url")]
    public required SecretString ClientSecret { get; init; }

    public string? Scope { get; init; }
}

/// <summary>One member of every kind.</summary>
internal sealed record Kinds
{
    public string Text { get; init; } = "";

    [Length(2, 4)]
    public string? Short { get; init; }

    [RegularExpression("[a-z]+")]
    public string? Lower { get; init; }

    [Url]
    public string? Link { get; init; }

    [EmailAddress]
    public string? Mail { get; init; }

    [AllowedValues("a", "b")]
    public string? Letter { get; init; }

    public bool Flag { get; init; }

    public int Whole { get; init; } = 7;

    [Range(1, 10)]
    public int Ranged { get; init; } = 1;

    public int? MaybeWhole { get; init; }

    public long Long { get; init; }

    public byte Byte { get; init; }

    public ulong Unsigned { get; init; }

    [AllowedValues(1, 2, 4)]
    public int Power { get; init; } = 1;

    public decimal Money { get; init; }

    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Share { get; init; }

    public DateTimeOffset? At { get; init; }

    public DateOnly? Day { get; init; }

    public Guid? Id { get; init; }

    public Uri? Address { get; init; }

    public MailSecurity Choice { get; init; }

    public Nested? Inner { get; init; }

    [MaxLength(3)]
    public IReadOnlyList<string> List { get; init; } = [];

    public IReadOnlyList<string?>? Holes { get; init; }

    public IReadOnlyList<Nested>? Records { get; init; }

    public IReadOnlyList<int>? Numbers { get; init; }

    public IReadOnlyDictionary<string, int>? Map { get; init; }

    public IReadOnlyDictionary<string, string?>? OpenMap { get; init; }

    public Dictionary<string, IReadOnlyList<string>>? Lists { get; init; }

    public JsonElement Any { get; init; }

    public JsonNode? Node { get; init; }

    public JsonObject? Object { get; init; }

    [MaxLength(4)]
    public ReadOnlyMemory<byte> Bytes { get; init; }

    public byte[]? Array { get; init; }

    public Login? Union { get; init; }

    [Sensitive]
    [AllowedValues("hidden")]
    public string? Private { get; init; }

    public IReadOnlyList<Attachment>? Attachments { get; init; }
}

internal sealed record Nested
{
    public required string Name { get; init; }

    public int Count { get; init; } = 3;
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(NoLogin), "none")]
[JsonDerivedType(typeof(PasswordLogin), "basic")]
[JsonDerivedType(typeof(KeyLogin), "api_key")]
internal abstract record Login;

internal sealed record NoLogin : Login;

internal sealed record PasswordLogin : Login
{
    public required string Username { get; init; }

    public required SecretString Password { get; init; }
}

internal sealed record KeyLogin : Login
{
    public required SecretString Value { get; init; }

    public ApiKeyPlace In { get; init; } = ApiKeyPlace.Header;
}
