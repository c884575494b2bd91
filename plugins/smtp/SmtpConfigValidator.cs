using Vaka.Plugins.Smtp.Messages;

namespace Vaka.Plugins.Smtp;

/// <summary>The rules of a config that span several fields.</summary>
internal static class SmtpConfigValidator
{
    public static IEnumerable<ConfigError> Validate(SmtpConfig config) =>
        [.. Server(config), .. SignIn(config), .. OAuth(config), .. Sender(config)];

    private static IEnumerable<ConfigError> Server(SmtpConfig config)
    {
        if (Uri.CheckHostName(config.SmtpHost) == UriHostNameType.Unknown)
        {
            yield return new("smtp_host", "Give the name or the address of the server alone, without scheme, port or path.");
        }

        if (!config.SmtpUseTls && config.Security is SmtpSecurity.Starttls or SmtpSecurity.ImplicitTls)
        {
            yield return new("security", "This asks for TLS while smtp_use_tls is false. Set smtp_use_tls to true, or security to auto "
                + "or none.");
        }

        if (config.SmtpUseTls && config.Security == SmtpSecurity.None)
        {
            yield return new("security", "This switches TLS off while smtp_use_tls is true. Set smtp_use_tls to false to send in the "
                + "clear, or security to auto.");
        }

        if (config.PinnedCertificate is not null && config.Protection == SmtpSecurity.None)
        {
            yield return new("pinned_certificate", "There is no certificate to pin without TLS. Set smtp_use_tls to true, or remove the "
                + "fingerprint.");
        }

        if (config.SmtpPort == 465 && config.Protection == SmtpSecurity.Starttls)
        {
            yield return new("security", "Servers on port 465 usually speak TLS from the first byte: auto is right for "
                + "most.", ConfigSeverity.Warning);
        }

        if (config.Protection == SmtpSecurity.None && !config.IsLoopback)
        {
            yield return InTheClear(config);
        }
    }

    // Whoever writes security "none" down has thought of it; smtp_use_tls false alone may be a slip, so it must not give a password away.
    private static ConfigError InTheClear(SmtpConfig config) => (config.SignsIn, config.Security) switch
    {
        (true, SmtpSecurity.None) => new("security", "The credentials are sent in the clear: anyone on the way can read "
            + "them.", ConfigSeverity.Warning),
        (true, _) => new("smtp_use_tls", "The credentials would be sent in the clear. Set smtp_use_tls to true; or, if the server has no "
            + "TLS and you accept that, set security to none."),
        (false, _) => new("smtp_use_tls", "Mail is sent in the clear: anyone on the way can read it.", ConfigSeverity.Warning),
    };

    private static IEnumerable<ConfigError> SignIn(SmtpConfig config)
    {
        if (config.SmtpUser is null && config.SmtpPassword is not null)
        {
            yield return new("smtp_user", "There is a password but no user. Give the user, or remove the password.");
        }

        if (config.SmtpUser is not null && config.SmtpPassword is null && !config.UsesOAuth)
        {
            yield return new("smtp_password", "There is a user but nothing to sign in with. Give the password, set up OAuth 2, or remove "
                + "the user.");
        }

        if (config.SmtpPassword is not null && config.UsesOAuth)
        {
            yield return new("smtp_password", "The password is not used: OAuth 2 is set up. Remove one of the "
                + "two.", ConfigSeverity.Warning);
        }
    }

    private static IEnumerable<ConfigError> OAuth(SmtpConfig config)
    {
        if (config.OAuth2TokenUrl is not { } url)
        {
            if (config.OAuth2ClientId is not null || config.OAuth2ClientSecret is not null
                || config.OAuth2RefreshToken is not null || config.OAuth2Scope is not null)
            {
                yield return new("oauth2_token_url", "OAuth 2 needs the token URL. Give it, or remove the other oauth2 fields.");
            }

            yield break;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || !(parsed.Scheme == Uri.UriSchemeHttps || (parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback)))
        {
            yield return new("oauth2_token_url", "Give an https:// address: the client secret and the tokens are sent there.");
        }

        if (config.OAuth2ClientId is null)
        {
            yield return new("oauth2_client_id", "OAuth 2 needs the client id of the application registered at the provider.");
        }

        if (config.OAuth2ClientSecret is null && config.OAuth2RefreshToken is null)
        {
            yield return new("oauth2_client_secret", "OAuth 2 needs a client secret (client credentials) or a refresh token.");
        }

        if (config.SmtpUser is null)
        {
            yield return new("smtp_user", "OAuth 2 needs the user: the mailbox that the token is for.");
        }
    }

    private static IEnumerable<ConfigError> Sender(SmtpConfig config)
    {
        if (!Mailbox.TryParse(config.FromEmail, out var from, out var problem))
        {
            yield return new("from_email", problem);
        }
        else if (from.Name is not null)
        {
            yield return new("from_email", "Give the address alone, such as noreply@example.com; the name belongs in from_name.");
        }

        if (config.FromName is { } name && ControlCharacters.In(name))
        {
            yield return new("from_name", "A name is one line without control characters.");
        }

        if (config.ReplyTo is { } replyTo && !Mailbox.TryParse(replyTo, out _, out problem))
        {
            yield return new("reply_to", problem);
        }
    }
}
