using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Logout;
using Vaka.Plugins.Sso.Oidc.Tokens;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>Turns the answer of the authorization endpoint into somebody who has signed in.</summary>
internal static class LoginAnswer
{
    // How long somebody may take to sign in; so long the nonce has to be remembered as used.
    private static readonly TimeSpan LongestLogin = TimeSpan.FromHours(1);
    private static readonly IReadOnlyList<string> Types = ["JWT"];

    public static async Task<CompleteLoginOutput> CompleteAsync(
        CompleteLoginInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var trace = new LoginTrace(context);
        var pending = CheckState(input, context, trace);
        var known = await KnownIssuer.OfAsync(context, cancellationToken).ConfigureAwait(false);
        var facts = await trace.TryAsync("discovery", () => known.GetAsync(config, context, cancellationToken)).ConfigureAwait(false);
        if (facts.IsStaleAt(context.Clock.GetUtcNow()))
        {
            trace.Noted("discovery", $"The issuer could not be read; its document of {facts.ReadAt:u} serves.");
        }
        else
        {
            trace.Passed("discovery", "The issuer's document is at hand.");
        }

        var issuer = facts.Document;
        var code = CheckAnswer(input.Message.Fields, issuer, trace);
        var answer = await trace.TryAsync(
            "code", () => CodeExchange.SendAsync(code, pending, issuer, config, context, cancellationToken)).ConfigureAwait(false);
        var tokens = CodeExchange.Read(answer, trace);
        var token = CompactToken.Read(tokens.IdToken, "ID token", trace);
        await SignatureRules.CheckAsync(token, Types, known, config, context, trace, cancellationToken).ConfigureAwait(false);
        var subject = IdTokenRules.Check(token, pending, code, tokens.AccessToken, config, context, trace);
        JsonElement? userinfo = config.ReadUserinfo && issuer.UserinfoEndpoint is { } endpoint
            ? Userinfo.Read(
                await trace.TryAsync(
                    "userinfo", () => Userinfo.SendAsync(endpoint, tokens.AccessToken, config, context, cancellationToken)).ConfigureAwait(false),
                subject,
                trace)
            : null;
        var claims = ArrivedClaims.Of(token.Claims, userinfo);
        var attributes = AttributeMapping.Map(claims, config.Attributes, trace);
        await UseOnceAsync(pending, config, context, trace, cancellationToken).ConfigureAwait(false);
        var remembered = new RememberedLogin { IdToken = tokens.IdToken, Sub = subject, Sid = IdTokenRules.SessionOf(token.Claims) };
        return new()
        {
            Issuer = issuer.Issuer,
            Subject = subject,
            Claims = claims,
            Attributes = attributes,
            Session = new()
            {
                Index = remembered.Sid,
                AuthenticatedAt = TimeRules.Of(token.Claims, "auth_time", trace),
                Context = token.Claims.Text("acr"),
            },
            LogoutState = remembered.Write(),
        };
    }

    private static PendingLogin CheckState(CompleteLoginInput input, IntegrationContext context, LoginTrace trace)
    {
        if (PendingLogin.Read(input.Pending) is not { } pending || input.Message.Fields.GetValueOrDefault("state") != pending.State)
        {
            throw trace.Refused("state", "This browser began no such login, or finished it already.");
        }

        // The redirect URI names tenant and integration, so that a login of one is not finished at another.
        if (pending.RedirectUri != input.Addresses.Callback) throw trace.Refused("state", "The login began at another address.");
        if (context.Clock.GetUtcNow() - pending.IssuedAt > LongestLogin) throw trace.Refused("state", "The login began more than an hour ago.");
        trace.Passed("state", "This browser began the login.");
        return pending;
    }

    private static string CheckAnswer(IReadOnlyDictionary<string, string> fields, IssuerDocument issuer, LoginTrace trace)
    {
        // RFC 9207: it keeps an answer of one issuer from being taken for another's, refusals included.
        var named = fields.GetValueOrDefault("iss");
        if (named is null && issuer.NamesItselfInAnswers)
        {
            throw trace.Refused("answer_issuer", "The answer does not name its issuer (iss), as the issuer announces.");
        }

        if (named is not null && named != issuer.Issuer)
        {
            throw trace.Refused("answer_issuer", $"The answer is of {LoginTrace.Shown(named)} and not of the configured issuer (iss).");
        }

        if (named is not null) trace.Passed("answer_issuer", "The answer is of the configured issuer.");
        if (fields.GetValueOrDefault("error") is { } error)
        {
            throw trace.Refused(
                "provider_error", $"The identity provider refused: {OidcFailures.Word(error, fields.GetValueOrDefault("error_description"))}.");
        }

        return fields.GetValueOrDefault("code") is { Length: > 0 } code ? code : throw trace.Refused("code", "The answer holds no code.");
    }

    // Last of all, so that an answer which fails before can be looked into by sending it again.
    private static async Task UseOnceAsync(
        PendingLogin pending, SsoConfig config, IntegrationContext context, LoginTrace trace, CancellationToken cancellationToken)
    {
        var key = $"oidc:login:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pending.Nonce)))}";
        var lifetime = LongestLogin + TimeSpan.FromSeconds(config.ClockSkewSeconds);
        if (!await context.OneTime.TryAddAsync(key, "", lifetime, cancellationToken).ConfigureAwait(false))
        {
            throw trace.Refused("replay", "This answer was used before.");
        }

        trace.Passed("replay", "The answer is used for the first time.");
    }
}
