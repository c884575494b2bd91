using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Sso;

/// <summary>An identity provider, and what is believed of what it says. Lengths of time are in the unit that each field names.</summary>
public sealed record SsoConfig : IHasTimeout
{
    private const string Saml = "saml";
    private const string Oidc = "oidc";

    /// <summary>How the identity provider speaks.</summary>
    [Display(Name = "Protocol", GroupName = "Protocol", Order = 10,
        Description = "saml: SAML 2.0, as most company directories offer it. oidc: OpenID Connect, the simpler one where both are offered.")]
    public required SsoProtocol Protocol { get; init; }

    /// <summary>The identity provider's SAML metadata, fetched and refreshed by every probe; default: none, see <see cref="IdpMetadataXml"/>.</summary>
    [Display(Name = "Metadata URL", GroupName = "Identity provider", Order = 20, Prompt = "https://idp.example.com/metadata",
        Description = "Where the identity provider publishes its metadata. It is read again with every check of health, so that new "
            + "certificates arrive by themselves; should that fail, the last good copy stays in use and the health says so.")]
    [DependsOn("protocol", Saml)]
    [Url]
    [StringLength(2048)]
    public string? IdpMetadataUrl { get; init; }

    /// <summary>The identity provider's SAML metadata as text; default: none.</summary>
    [Display(Name = "Metadata XML", GroupName = "Identity provider", Order = 30,
        Description = "The metadata itself, pasted, where there is no URL for it. New certificates must then be pasted here in time.")]
    [DependsOn("protocol", Saml)]
    [Multiline]
    [StringLength(256 * 1024)]
    public string? IdpMetadataXml { get; init; }

    /// <summary>The identity provider's entity id; default: the one in its metadata. Needed when the metadata describes several.</summary>
    [Display(Name = "Entity id of the identity provider", GroupName = "Identity provider", Order = 40, Prompt = "https://idp.example.com/metadata",
        Description = "Needed without metadata, and when the metadata describes more than one identity provider.")]
    [DependsOn("protocol", Saml)]
    [StringLength(1024, MinimumLength = 1)]
    public string? IdpEntityId { get; init; }

    /// <summary>Where people sign in; default: from the metadata.</summary>
    [Display(Name = "Sign-in URL", GroupName = "Identity provider", Order = 50, Prompt = "https://idp.example.com/sso",
        Description = "The identity provider's single sign-on service. Needed without metadata.")]
    [DependsOn("protocol", Saml)]
    [Url]
    [StringLength(2048)]
    public string? IdpSsoUrl { get; init; }

    /// <summary>How requests travel to <see cref="IdpSsoUrl"/> and <see cref="IdpSloUrl"/>.</summary>
    [Display(Name = "Request binding", GroupName = "Identity provider", Order = 60,
        Description = "redirect: the request travels in the address. post: in a form that submits itself.")]
    [DependsOn("protocol", Saml)]
    public SamlBinding RequestBinding { get; init; } = SamlBinding.Redirect;

    /// <summary>Where people sign out; default: from the metadata, else signing out ends at this side only.</summary>
    [Display(Name = "Sign-out URL", GroupName = "Identity provider", Order = 70, Prompt = "https://idp.example.com/slo",
        Description = "The identity provider's single logout service, if it has one.")]
    [DependsOn("protocol", Saml)]
    [Url]
    [StringLength(2048)]
    public string? IdpSloUrl { get; init; }

    /// <summary>Certificates that the identity provider signs with, PEM, one after the other; default: from the metadata. Several are for a
    /// change of keys.</summary>
    [Display(Name = "Signing certificates", GroupName = "Identity provider", Order = 80, Prompt = "-----BEGIN CERTIFICATE-----",
        Description = "The certificates of the identity provider in PEM, one after the other. Needed without metadata. Only these are "
            + "trusted: what a message brings along is never read.")]
    [DependsOn("protocol", Saml)]
    [Multiline]
    [StringLength(64 * 1024)]
    public string? IdpCertificates { get; init; }

    /// <summary>Our entity id; default: the address of our metadata.</summary>
    [Display(Name = "Entity id of this side", GroupName = "This side", Order = 100,
        Description = "What the identity provider knows this integration by. Left empty, it is the address of the metadata.")]
    [DependsOn("protocol", Saml)]
    [StringLength(1024, MinimumLength = 1)]
    public string? EntityId { get; init; }

    /// <summary>Whether requests are signed.</summary>
    [Display(Name = "Sign requests", GroupName = "This side", Order = 110,
        Description = "Sign-out requests are signed in any case.")]
    [DependsOn("protocol", Saml)]
    public bool SignRequests { get; init; } = true;

    /// <summary>Which of our keys is in use, counted from 1. Each is made by the host when it is first needed and never leaves it.</summary>
    [Display(Name = "Key number", GroupName = "This side", Order = 120,
        Description = "Which key signs and decrypts. To change keys: announce the next one, wait until the identity provider has read the "
            + "metadata, then raise this number by one. The key before it still decrypts.")]
    [DependsOn("protocol", Saml)]
    [Range(1, 1000)]
    public int KeyNumber { get; init; } = 1;

    /// <summary>Whether our metadata also names the key after <see cref="KeyNumber"/>.</summary>
    [Display(Name = "Announce the next key", GroupName = "This side", Order = 130,
        Description = "The metadata then names the next key too, for the identity provider to learn before it is used.")]
    [DependsOn("protocol", Saml)]
    public bool AnnounceNextKey { get; init; }

    /// <summary>The form of name that is asked for; default: whatever the identity provider gives.</summary>
    [Display(Name = "Name format", GroupName = "This side", Order = 140, Prompt = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        Description = "The NameID format to ask for. A persistent one is the best key to know people by.")]
    [DependsOn("protocol", Saml)]
    [StringLength(256, MinimumLength = 1)]
    public string? NameIdFormat { get; init; }

    /// <summary>Class references of which one is asked for and must be met; default: any.</summary>
    [Display(Name = "Authentication contexts", GroupName = "This side", Order = 150,
        Description = "Ways of signing in, by their class reference, of which the identity provider must have used one. Empty: any.")]
    [DependsOn("protocol", Saml)]
    [MaxLength(20)]
    public IReadOnlyList<string> AuthenticationContexts { get; init; } = [];

    /// <summary>Whether an assertion that is not encrypted is refused.</summary>
    [Display(Name = "Demand encryption", GroupName = "Checks", Order = 200, Description = "Refuse assertions that are not encrypted.")]
    [DependsOn("protocol", Saml)]
    public bool RequireEncryption { get; init; }

    /// <summary>Whether a response that nobody asked for is taken.</summary>
    [Display(Name = "Allow sign-in begun at the identity provider", GroupName = "Checks", Order = 210,
        Description = "Take a response that this side did not ask for, as from a tile in the identity provider's portal. It cannot be told "
            + "from a response that an attacker obtained and had somebody's browser send.")]
    [DependsOn("protocol", Saml)]
    public bool AllowIdpInitiated { get; init; }

    /// <summary>Whether SHA-1 signatures and digests are taken.</summary>
    [Display(Name = "Allow SHA-1", GroupName = "Checks", Order = 220,
        Description = "For an identity provider that cannot do better. SHA-1 can be forged; the health is then at best a warning.")]
    [DependsOn("protocol", Saml)]
    public bool AllowSha1 { get; init; }

    /// <summary>How old a response may be.</summary>
    [Display(Name = "Longest age of a response", GroupName = "Checks", Order = 230, Description = "Counted from when it was issued.")]
    [DependsOn("protocol", Saml)]
    [Range(30, 3600)]
    [Unit("seconds")]
    public int MaxResponseAgeSeconds { get; init; } = 300;

    /// <summary>The issuer, exactly as its discovery document says it.</summary>
    [Display(Name = "Issuer", GroupName = "Identity provider", Order = 300, Prompt = "https://login.example.com/realms/acme",
        Description = "The issuer's address; its discovery document is read from …/.well-known/openid-configuration.")]
    [DependsOn("protocol", Oidc)]
    [Url]
    [StringLength(2048)]
    public string? Issuer { get; init; }

    /// <summary>What the issuer knows this side by.</summary>
    [Display(Name = "Client id", GroupName = "Identity provider", Order = 310, Description = "As registered with the identity provider.")]
    [DependsOn("protocol", Oidc)]
    [StringLength(512, MinimumLength = 1)]
    public string? ClientId { get; init; }

    /// <summary>The client's secret; default: a public client, which PKCE alone protects.</summary>
    [Display(Name = "Client secret", GroupName = "Identity provider", Order = 320, Description = "Empty only for a public client.")]
    [DependsOn("protocol", Oidc)]
    [SecretFor("issuer", "client_id")]
    [StringLength(1024, MinimumLength = 1)]
    public SecretString? ClientSecret { get; init; }

    /// <summary>How the client authenticates at the token endpoint.</summary>
    [Display(Name = "Client authentication", GroupName = "Identity provider", Order = 330,
        Description = "auto: as the issuer's discovery document prefers, in the header when it says nothing.")]
    [DependsOn("protocol", Oidc)]
    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Auto;

    /// <summary>What is asked for; <c>openid</c> is always among it.</summary>
    [Display(Name = "Scopes", GroupName = "Identity provider", Order = 340, Description = "openid is always asked for.")]
    [DependsOn("protocol", Oidc)]
    [MaxLength(50)]
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "email", "profile"];

    /// <summary>Whether claims are completed from the issuer's userinfo endpoint.</summary>
    [Display(Name = "Read userinfo", GroupName = "Identity provider", Order = 350,
        Description = "Many identity providers answer e-mail and groups there only.")]
    [DependsOn("protocol", Oidc)]
    public bool ReadUserinfo { get; init; } = true;

    /// <summary>Algorithms that an ID token may be signed with.</summary>
    [Display(Name = "Signing algorithms", GroupName = "Checks", Order = 360,
        Description = "Only those of a public key can be chosen: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512.")]
    [DependsOn("protocol", Oidc)]
    [MaxLength(9)]
    public IReadOnlyList<string> SigningAlgorithms { get; init; } = ["RS256", "PS256", "ES256"];

    /// <summary>How far the clocks of both sides may differ.</summary>
    [Display(Name = "Clock skew", GroupName = "Checks", Order = 370, Description = "How far the clocks of both sides may differ.")]
    [Range(0, 300)]
    [Unit("seconds")]
    public int ClockSkewSeconds { get; init; } = 60;

    /// <summary>What the platform's attributes are made of; default: they are called as they arrived.</summary>
    [Display(Name = "Attribute mapping", GroupName = "Attributes", Order = 400,
        Description = "Which attribute of the platform is made of what arrives. Empty: attributes keep the names that they arrive by. A trial "
            + "login shows what arrives and what it becomes.")]
    [MaxLength(100)]
    public IReadOnlyList<MappedAttribute> Attributes { get; init; } = [];

    /// <summary>Where services may have people sent back to.</summary>
    [Display(Name = "Return addresses", GroupName = "Sign-in", Order = 500, Prompt = "https://app.example.com/signed-in",
        Description = "Where services may have people sent back to, each exactly as it will be given, or ending in /* for everything below.")]
    [MaxLength(50)]
    public IReadOnlyList<string> ReturnUrls { get; init; } = [];

    /// <summary>Domains whose people sign in here.</summary>
    [Display(Name = "E-mail domains", GroupName = "Sign-in", Order = 510, Prompt = "acme.example",
        Description = "Whoever enters an address of such a domain is sent here. A tenant's domain counts only once it is verified.")]
    [MaxLength(100)]
    public IReadOnlyList<string> EmailDomains { get; init; } = [];

    /// <summary>Whether admins sign in to the page through this integration; heeded of the platform-wide one only.</summary>
    [Display(Name = "Sign in to this page", GroupName = "Sign-in", Order = 520,
        Description = "Platform-wide integration only: admins may sign in to the /integrations page here. The mapped attribute 'roles' must hold "
            + "platform_admin, or tenant_admin together with the tenant's id as 'tenant_id'. API keys keep working.")]
    public bool PageSignIn { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = "Checks", Order = 600, Description = "How long one exchange with the identity provider may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;
}

/// <summary>How an identity provider speaks.</summary>
public enum SsoProtocol
{
    /// <summary>SAML 2.0, Web Browser SSO Profile.</summary>
    [JsonStringEnumMemberName("saml")]
    Saml,

    /// <summary>OpenID Connect, authorization code flow with PKCE.</summary>
    [JsonStringEnumMemberName("oidc")]
    Oidc,
}

/// <summary>How a SAML message travels through the browser.</summary>
public enum SamlBinding
{
    /// <summary>HTTP-Redirect: deflated in the query, signed beside it.</summary>
    Redirect,

    /// <summary>HTTP-POST: in a form, signed inside.</summary>
    Post,
}

/// <summary>How an OpenID Connect client authenticates at the token endpoint.</summary>
public enum ClientAuthentication
{
    /// <summary>As discovery prefers.</summary>
    Auto,

    /// <summary>In the Authorization header.</summary>
    ClientSecretBasic,

    /// <summary>In the body.</summary>
    ClientSecretPost,
}

/// <summary>One attribute of the platform.</summary>
public sealed record MappedAttribute
{
    /// <summary>What the platform calls it.</summary>
    [Display(Name = "Attribute", Order = 10, Prompt = "email", Description = "What services know it by, such as email, name, roles.")]
    [StringLength(100, MinimumLength = 1)]
    public required string Target { get; init; }

    /// <summary>What it may arrive as; the first that has a value counts.</summary>
    [Display(Name = "Arrives as", Order = 20, Description = "Names to look for, in this order; the first that has a value counts.")]
    [MinLength(1)]
    [MaxLength(20)]
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Whether a login without it is refused.</summary>
    [Display(Name = "Required", Order = 30, Description = "A login without it is refused.")]
    public bool Required { get; init; }

    /// <summary>The value when none arrives; default: the attribute is left out.</summary>
    [Display(Name = "Otherwise", Order = 40, Description = "The value when nothing arrives.")]
    [StringLength(1024)]
    public string? Default { get; init; }

    /// <summary>Whether it is a list.</summary>
    [Display(Name = "Several values", Order = 50, Description = "It becomes a list. Otherwise exactly one value may arrive.")]
    public bool Multiple { get; init; }

    /// <summary>What each value becomes; default: values stay as they are. Values that are not named are dropped.</summary>
    [Display(Name = "Values become", Order = 60,
        Description = "What a value that arrives becomes, such as eng-admins → platform_admin. Values that are not named here are dropped. Empty: "
            + "values stay as they are.")]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}
