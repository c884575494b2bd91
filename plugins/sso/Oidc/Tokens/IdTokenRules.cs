using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Login;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Tokens;

/// <summary>What a signed ID token must say to be the answer to this login (OpenID Connect Core 1.0, section 3.1.3.7).</summary>
internal static class IdTokenRules
{
    private const int LongestSubject = 255;
    private const int LongestSession = 255;

    /// <returns>The subject.</returns>
    public static string Check(
        CompactToken token, PendingLogin pending, string code, string accessToken, SsoConfig config, IntegrationContext context, LoginTrace trace)
    {
        var claims = token.Claims;
        CheckParties(claims, config, trace);
        TimeRules.Check(claims, config, context, trace);
        if (claims.Text("nonce") is not { } nonce || !Same(nonce, pending.Nonce))
        {
            throw trace.Refused("nonce", "The token was not issued for this login.");
        }

        trace.Passed("nonce", "The token was issued for this login.");
        CheckHash(token, "at_hash", accessToken, trace);
        CheckHash(token, "c_hash", code, trace);
        CheckAuthentication(claims, pending, config, context, trace);
        return SubjectOf(claims, trace);
    }

    /// <summary>Audiences and authorized party: also of a token that names this client among others.</summary>
    public static void CheckParties(JsonElement claims, SsoConfig config, LoginTrace trace)
    {
        var several = claims.TryGetProperty("aud", out var audience) && audience.ValueKind is JsonValueKind.Array && audience.GetArrayLength() > 1;
        var isNamed = claims.TryGetProperty("azp", out _);
        if (several && !isNamed)
        {
            throw trace.Refused("authorized_party", "The token is for several clients and does not say which of them asked (azp).");
        }

        if (isNamed && claims.Text("azp") != config.ClientId)
        {
            throw trace.Refused("authorized_party", "The token was issued to another client (azp).");
        }

        if (isNamed) trace.Passed("authorized_party", "This client asked for the token.");
    }

    public static string SubjectOf(JsonElement claims, LoginTrace trace) =>
        claims.Text("sub") is { Length: > 0 and <= LongestSubject } subject && !subject.Any(char.IsControl) && !string.IsNullOrWhiteSpace(subject)
            ? subject
            : throw trace.Refused("subject", $"The token does not say who signed in (sub), in 1 to {LongestSubject} characters.");

    /// <summary>The session at the issuer; <c>null</c>: not said, or nothing that could be looked for.</summary>
    public static string? SessionOf(JsonElement claims) => claims.Text("sid") is { Length: > 0 and <= LongestSession } session ? session : null;

    private static void CheckHash(CompactToken token, string name, string of, LoginTrace trace)
    {
        if (!token.Claims.TryGetProperty(name, out _)) return;
        var bytes = Encoding.ASCII.GetBytes(of);

        // The algorithm is on the allow-list, so that its last three digits name the hash.
        var hash = token.Header.Text("alg") switch
        {
            [.., '3', '8', '4'] => SHA384.HashData(bytes),
            [.., '5', '1', '2'] => SHA512.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        if (token.Claims.Text(name) is not { } given || !Same(given, Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2))))
        {
            throw trace.Refused(name, $"The token was not issued together with {(name is "at_hash" ? "the access token" : "the code")} ({name}).");
        }

        trace.Passed(name, "Both were issued together.");
    }

    private static void CheckAuthentication(
        JsonElement claims, PendingLogin pending, SsoConfig config, IntegrationContext context, LoginTrace trace)
    {
        var skew = TimeSpan.FromSeconds(config.ClockSkewSeconds);
        var at = TimeRules.Of(claims, "auth_time", trace);
        if (at > context.Clock.GetUtcNow() + skew) throw trace.Refused("auth_time", $"Credentials were given in the future ({at:u}).");
        if (!pending.Forced) return;
        if (at is null)
        {
            throw trace.Refused("auth_time", "Credentials were to be asked for, and the token does not say when they were given (auth_time).");
        }

        if (at < pending.IssuedAt - skew) throw trace.Refused("auth_time", $"Credentials were to be asked for, and were last given at {at:u}.");
        trace.Passed("auth_time", $"Credentials were given at {at:u}.");
    }

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
