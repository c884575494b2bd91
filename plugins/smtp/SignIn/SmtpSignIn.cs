using MailKit.Net.Smtp;
using MailKit.Security;
using Vaka.Plugins.Smtp.Connections;

namespace Vaka.Plugins.Smtp.SignIn;

/// <summary>Signs a connection in, with the password or with an OAuth 2 access token.</summary>
internal static class SmtpSignIn
{
    // Under TLS the plain password is what every server has right, in one round trip. In the clear, what hides it comes first. Each
    // mechanism is tried only if the server does not support the one before: a wrong password is sent once and locks nobody out.
    private static readonly string[] Encrypted = ["PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"];
    private static readonly string[] InTheClear = ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];
    private static readonly string[] OAuth = ["XOAUTH2", "OAUTHBEARER"];

    public static async Task SignInAsync(
        SmtpConnection connection, SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (config.SmtpUser is not { } user)
        {
            return;
        }

        var order = config.UsesOAuth ? OAuth : config.Protection == SmtpSecurity.None ? InTheClear : Encrypted;
        var mechanisms = order.Where(connection.AuthenticationMechanisms.Contains).ToArray();
        if (!connection.Capabilities.HasFlag(SmtpCapabilities.Authentication) || mechanisms.Length == 0)
        {
            throw SmtpFailures.NoSignIn(config, connection.AuthenticationMechanisms);
        }

        if (config.UsesOAuth)
        {
            await WithTokenAsync(connection, mechanisms[0], user, config, context, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var password = config.SmtpPassword?.Reveal() ?? "";
            await WithPasswordAsync(connection, mechanisms, user, password, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The server's reply code in MailKit's exception, which has it in its text only; 534: the mechanism is too weak.</summary>
    public static int Code(AuthenticationException exception) =>
        exception.Message is [_, _, _, ':', ..] && int.TryParse(exception.Message.AsSpan(0, 3), out var code) ? code : 534;

    private static async Task WithPasswordAsync(
        SmtpConnection connection, string[] mechanisms, string user, string password, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await TryAsync(connection, mechanisms[i], user, password, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (AuthenticationException exception) when (Code(exception) is 504 or 534 && i + 1 < mechanisms.Length)
            {
                // Offered but not meant: on to the next.
            }
        }
    }

    private static async Task WithTokenAsync(
        SmtpConnection connection,
        string mechanism,
        string user,
        SmtpConfig config,
        IntegrationContext context,
        CancellationToken cancellationToken)
    {
        var tokens = await context.GetOrCreateResourceAsync(
            "smtp-tokens", static (_, _) => ValueTask.FromResult(new AccessTokens()), cancellationToken).ConfigureAwait(false);
        var token = await tokens.GetAsync(config, context, refused: null, cancellationToken).ConfigureAwait(false);
        try
        {
            await TryAsync(connection, mechanism, user, token.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException exception) when (token.IsCached && Code(exception) == 535)
        {
            // It may have been withdrawn before its time: once more with a new one.
            token = await tokens.GetAsync(config, context, token.Value, cancellationToken).ConfigureAwait(false);
            await TryAsync(connection, mechanism, user, token.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task TryAsync(
        SmtpConnection connection, string mechanism, string user, string secret, CancellationToken cancellationToken)
    {
        connection.Secret = secret;
        return connection.AuthenticateAsync(Mechanism(mechanism, user, secret), cancellationToken);
    }

    private static SaslMechanism Mechanism(string name, string user, string secret) => name switch
    {
        "PLAIN" => new SaslMechanismPlain(user, secret),
        "LOGIN" => new SaslMechanismLogin(user, secret),
        "SCRAM-SHA-256" => new SaslMechanismScramSha256(user, secret),
        "SCRAM-SHA-1" => new SaslMechanismScramSha1(user, secret),
        "CRAM-MD5" => new SaslMechanismCramMd5(user, secret),
        "XOAUTH2" => new SaslMechanismOAuth2(user, secret),
        "OAUTHBEARER" => new SaslMechanismOAuthBearer(user, secret),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
