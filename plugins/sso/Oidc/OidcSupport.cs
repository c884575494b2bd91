using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;

namespace Vaka.Plugins.Sso.Oidc;

/// <summary>What the config asks for and the issuer does not say that it can. Its lists need not be complete, so these are warnings.</summary>
internal static class OidcSupport
{
    public static IReadOnlyList<string> Warnings(IssuerDocument issuer, IReadOnlyList<IssuerKey> keys, SsoConfig config)
    {
        List<string> warnings = [];
        if (issuer.Scopes is { } scopes && config.Scopes.Except(scopes).ToList() is { Count: > 0 } missing)
        {
            warnings.Add($"The issuer does not list {(missing.Count is 1 ? "the scope" : "the scopes")} {string.Join(", ", missing.Take(10))}.");
        }

        if (issuer.Algorithms is { } algorithms && !algorithms.Any(config.SigningAlgorithms.Contains))
        {
            warnings.Add(
                $"The issuer signs with {string.Join(", ", algorithms.Take(10).Select(LoginTrace.Shown))} only, of which signing_algorithms allows none.");
        }

        if (issuer.ResponseTypes is { } types && !types.Contains("code"))
        {
            warnings.Add("The issuer does not offer the authorization code flow (response type code).");
        }

        if (issuer.ChallengeMethods is { } methods && !methods.Contains("S256"))
        {
            warnings.Add("The issuer does not offer PKCE with S256; it is sent in any case.");
        }

        if (keys.FirstOrDefault(key => key.Fits("RS256") && key.Bits < 2048) is { } weak)
        {
            warnings.Add($"The issuer's key {LoginTrace.Shown(weak.Id)} has {weak.Bits} bits only and is not accepted.");
        }

        return warnings;
    }
}
