using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Tokens;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Logout;

/// <summary>The issuer orders sessions to be ended (OpenID Connect Back-Channel Logout 1.0, section 2.6). Anybody can post here: the
/// token's signature is all that counts.</summary>
internal static class BackchannelLogout
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const int LongestId = 255;

    private static readonly IReadOnlyList<string> Types = ["logout+jwt", "application/logout+jwt", "JWT"];

    public static async Task<CompleteLogoutOutput> CompleteAsync(
        string text, SsoConfig config, IntegrationContext context, LoginTrace trace, CancellationToken cancellationToken)
    {
        var token = CompactToken.Read(text, "logout token", trace);
        var known = await KnownIssuer.OfAsync(context, cancellationToken).ConfigureAwait(false);
        await SignatureRules.CheckAsync(token, Types, known, config, context, trace, cancellationToken).ConfigureAwait(false);
        var claims = token.Claims;
        IdTokenRules.CheckParties(claims, config, trace);
        TimeRules.Check(claims, config, context, trace);
        CheckPurpose(claims, trace);
        string? subject = claims.Has("sub") ? IdTokenRules.SubjectOf(claims, trace) : null;
        var session = IdTokenRules.SessionOf(claims);
        if (subject is null && session is null)
        {
            throw trace.Refused("subject", "The logout token says neither whose sessions to end (sub) nor which (sid).");
        }

        await UseOnceAsync(claims, config, context, trace, cancellationToken).ConfigureAwait(false);
        return new()
        {
            // The signature rules have compared it with the configured one.
            Ended = new() { Issuer = claims.Text("iss") ?? "", Subject = subject, Indexes = session is null ? [] : [session] },
        };
    }

    private static void CheckPurpose(JsonElement claims, LoginTrace trace)
    {
        if (!claims.TryGetProperty("events", out var events) || events.ValueKind is not JsonValueKind.Object
            || !events.TryGetProperty(Event, out var ordered) || ordered.ValueKind is not JsonValueKind.Object)
        {
            throw trace.Refused("events", "The token is no order to log out (events).");
        }

        // Only an ID token has a nonce: this keeps one from being taken for the other.
        if (claims.TryGetProperty("nonce", out _)) throw trace.Refused("nonce", "A logout token must not have a nonce.");
        trace.Passed("events", "The token is an order to log out.");
    }

    // A token older than the window is refused by its date, so that its id need not be remembered for longer.
    private static async Task UseOnceAsync(
        JsonElement claims, SsoConfig config, IntegrationContext context, LoginTrace trace, CancellationToken cancellationToken)
    {
        var id = claims.Text("jti") is { Length: > 0 and <= LongestId } jti
            ? jti
            : throw trace.Refused("replay", "The logout token has no id (jti).");
        var lifetime = TimeRules.LongestAge + TimeSpan.FromSeconds(2 * config.ClockSkewSeconds + 1);
        var key = $"oidc:logout:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
        if (!await context.OneTime.TryAddAsync(key, "", lifetime, cancellationToken).ConfigureAwait(false))
        {
            throw trace.Refused("replay", "This logout token was used before.");
        }

        trace.Passed("replay", "The logout token is used for the first time.");
    }
}
