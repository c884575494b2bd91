namespace Vaka.Plugins.Smtp.Tests;

public class SmtpConfigValidatorTests
{
    private static readonly SmtpConfig Good = new() { SmtpHost = "mail.example.com", FromEmail = "noreply@example.com" };
    private static readonly SmtpConfig SignedIn = Good with { SmtpUser = "user", SmtpPassword = new("secret") };
    private static readonly SmtpConfig OAuth = Good with
    {
        SmtpUser = "user", OAuth2TokenUrl = "https://login.example.com/token", OAuth2ClientId = "id", OAuth2ClientSecret = new("secret"),
    };

    public static TheoryData<string, SmtpConfig> Sound => new()
    {
        { "host and sender", Good },
        { "password", SignedIn },
        { "client credentials", OAuth },
        { "refresh token of a public client", OAuth with { OAuth2ClientSecret = null, OAuth2RefreshToken = new("r") } },
        { "implicit TLS on another port", Good with { SmtpPort = 2465, Security = SmtpSecurity.ImplicitTls } },
        { "relay on this machine", SignedIn with { SmtpHost = "127.0.0.1", SmtpUseTls = false } },
        { "pinned", Good with { PinnedCertificate = new string('a', 64) } },
        { "international domain", Good with { FromEmail = "post@bücher.example" } },
    };

    public static TheoryData<string, SmtpConfig, string> Wrong => new()
    {
        { "URL as host", Good with { SmtpHost = "smtp://mail.example.com" }, "smtp_host" },
        { "host with port", Good with { SmtpHost = "mail.example.com:25" }, "smtp_host" },
        { "no TLS but STARTTLS", Good with { SmtpUseTls = false, Security = SmtpSecurity.Starttls }, "security" },
        { "no TLS but implicit TLS", Good with { SmtpUseTls = false, Security = SmtpSecurity.ImplicitTls }, "security" },
        { "TLS but none", Good with { Security = SmtpSecurity.None }, "security" },
        { "pin without TLS", Good with { SmtpUseTls = false, PinnedCertificate = new string('a', 64) }, "pinned_certificate" },
        { "password without user", Good with { SmtpPassword = new("secret") }, "smtp_user" },
        { "user without password", Good with { SmtpUser = "user" }, "smtp_password" },
        { "password in the clear by accident", SignedIn with { SmtpUseTls = false }, "smtp_use_tls" },
        { "token in the clear by accident", OAuth with { SmtpUseTls = false }, "smtp_use_tls" },
        { "scope without token URL", Good with { OAuth2Scope = "mail" }, "oauth2_token_url" },
        { "token URL in the clear", OAuth with { OAuth2TokenUrl = "http://login.example.com/token" }, "oauth2_token_url" },
        { "OAuth without client", OAuth with { OAuth2ClientId = null }, "oauth2_client_id" },
        { "OAuth without secret", OAuth with { OAuth2ClientSecret = null }, "oauth2_client_secret" },
        { "OAuth without user", OAuth with { SmtpUser = null }, "smtp_user" },
        { "sender is no address", Good with { FromEmail = "noreply" }, "from_email" },
        { "sender with a name", Good with { FromEmail = "Me <noreply@example.com>" }, "from_email" },
        { "name of two lines", Good with { FromName = "Me\r\nBcc: x@example.com" }, "from_name" },
        { "reply to nobody", Good with { ReplyTo = "nobody" }, "reply_to" },
    };

    public static TheoryData<string, SmtpConfig, string> Doubtful => new()
    {
        { "password in the clear on purpose", SignedIn with { SmtpUseTls = false, Security = SmtpSecurity.None }, "security" },
        { "mail in the clear", Good with { SmtpUseTls = false }, "smtp_use_tls" },
        { "STARTTLS on 465", Good with { SmtpPort = 465, Security = SmtpSecurity.Starttls }, "security" },
        { "password beside OAuth", OAuth with { SmtpPassword = new("secret") }, "smtp_password" },
    };

    [Theory]
    [MemberData(nameof(Sound))]
    public void Validate_Sound_SaysNothing(string what, SmtpConfig config)
    {
        Assert.NotNull(what);
        Assert.Empty(SmtpConfigValidator.Validate(config));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_Wrong_NamesTheField(string what, SmtpConfig config, string path)
    {
        Assert.NotNull(what);
        var error = Assert.Single(SmtpConfigValidator.Validate(config), error => error.Severity == ConfigSeverity.Error);
        Assert.Equal(path, error.Path);
    }

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void Validate_Doubtful_Warns(string what, SmtpConfig config, string path)
    {
        Assert.NotNull(what);
        var warning = Assert.Single(SmtpConfigValidator.Validate(config));
        Assert.Equal((path, ConfigSeverity.Warning), (warning.Path, warning.Severity));
    }

    [Theory]
    [InlineData(587, true, SmtpSecurity.Auto, SmtpSecurity.Starttls)]
    [InlineData(25, true, SmtpSecurity.Auto, SmtpSecurity.Starttls)]
    [InlineData(465, true, SmtpSecurity.Auto, SmtpSecurity.ImplicitTls)]
    [InlineData(465, false, SmtpSecurity.Auto, SmtpSecurity.None)]
    [InlineData(465, true, SmtpSecurity.Starttls, SmtpSecurity.Starttls)]
    [InlineData(2525, true, SmtpSecurity.ImplicitTls, SmtpSecurity.ImplicitTls)]
    public void Protection_FollowsPortAndChoice(int port, bool useTls, SmtpSecurity security, SmtpSecurity expected) =>
        Assert.Equal(expected, (Good with { SmtpPort = port, SmtpUseTls = useTls, Security = security }).Protection);
}
