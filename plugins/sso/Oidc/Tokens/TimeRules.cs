using System.Text.Json;
using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Oidc.Tokens;

/// <summary>The dates of a token, by the context's clock.</summary>
internal static class TimeRules
{
    /// <summary>How old a token may be when it arrives straight from the issuer. Entra ID dates its tokens five minutes back.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(10);

    // 31 December 9999, the last second that a date can hold.
    private const double LastSecond = 253402300799;

    public static void Check(JsonElement claims, SsoConfig config, IntegrationContext context, LoginTrace trace)
    {
        var now = context.Clock.GetUtcNow();
        var skew = TimeSpan.FromSeconds(config.ClockSkewSeconds);
        var issued = Of(claims, "iat", trace) ?? throw trace.Refused("issued_at", "The token does not say when it was issued (iat).");
        if (issued > now + skew) throw trace.Refused("issued_at", $"The token was issued in the future ({issued:u}). {Clocks}");
        if (now - issued > LongestAge + skew)
        {
            throw trace.Refused("issued_at", $"The token was issued at {issued:u}, more than {LongestAge.TotalMinutes} minutes ago. {Clocks}");
        }

        var ends = Of(claims, "exp", trace) ?? throw trace.Refused("expiry", "The token does not say when it ends (exp).");
        if (now >= ends + skew) throw trace.Refused("expiry", $"The token ended at {ends:u}. {Clocks}");
        if (Of(claims, "nbf", trace) is { } begins && now < begins - skew)
        {
            throw trace.Refused("not_before", $"The token is valid from {begins:u} only. {Clocks}");
        }

        trace.Passed("dates", $"Issued at {issued:u}, valid until {ends:u}.");
    }

    /// <summary>A NumericDate; <c>null</c>: it is not there.</summary>
    public static DateTimeOffset? Of(JsonElement claims, string name, LoginTrace trace) =>
        !claims.TryGetProperty(name, out var claim) ? null
        : claim.ValueKind is JsonValueKind.Number && claim.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
        : throw trace.Refused("dates", $"The token's {name} is no date.");

    private const string Clocks = "Compare the clocks of both sides.";
}
