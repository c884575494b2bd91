using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc;

/// <summary>What no single field of an OpenID Connect config can say.</summary>
internal static class OidcConfigRules
{
    private const string WellKnown = "/.well-known/";

    // Entra ID's words for "any directory".
    private static readonly string[] AnyDirectory = ["common", "organizations", "consumers"];

    public static IEnumerable<ConfigError> Check(SsoConfig config) =>
        [.. Issuer(config), .. Client(config), .. Scopes(config), .. Algorithms(config)];

    private static IEnumerable<ConfigError> Issuer(SsoConfig config)
    {
        if (config.Issuer is not { } issuer)
        {
            yield return new("issuer", "OpenID Connect needs the issuer.");
        }
        else if (issuer.Contains(WellKnown, StringComparison.Ordinal))
        {
            yield return new("issuer", $"Give the issuer only, without {issuer[issuer.IndexOf(WellKnown, StringComparison.Ordinal)..]}.");
        }
        else if (OidcAddress.ProblemOfIssuer(issuer) is { } problem)
        {
            yield return new("issuer", $"The issuer {problem}.");
        }
        else if (issuer.Contains('{') || (Uri.TryCreate(issuer, UriKind.Absolute, out var uri)
            && uri.Host.StartsWith("login.microsoftonline.", StringComparison.OrdinalIgnoreCase)
            && AnyDirectory.Contains(uri.Segments.ElementAtOrDefault(1)?.TrimEnd('/'), StringComparer.OrdinalIgnoreCase)))
        {
            yield return new("issuer", IssuerMismatch.NameDirectory);
        }
    }

    private static IEnumerable<ConfigError> Client(SsoConfig config)
    {
        if (config.ClientId is null) yield return new("client_id", "OpenID Connect needs the client id that the identity provider gave.");
        if (config is { ClientSecret: null, ClientAuthentication: not ClientAuthentication.Auto })
        {
            yield return new("client_secret", "This client authentication needs a secret. For a public client set client_authentication to auto.");
        }
    }

    // RFC 6749 section 3.3.
    private static IEnumerable<ConfigError> Scopes(SsoConfig config) =>
        config.Scopes.Index()
            .Where(scope => scope.Item.Length is 0 or > 200 || !scope.Item.All(c => c is >= '!' and <= '~' and not ('"' or '\\')))
            .Select(scope => new ConfigError(
                $"scopes[{scope.Index}]",
                "A scope is 1 to 200 printable ASCII characters without spaces, quotation marks and backslashes; give each as an item of its own."));

    private static IEnumerable<ConfigError> Algorithms(SsoConfig config)
    {
        if (config.SigningAlgorithms.Count is 0) yield return new("signing_algorithms", "Name at least one algorithm, such as RS256.");
        foreach (var (index, algorithm) in config.SigningAlgorithms.Index().Where(item => !OidcAlgorithms.Asymmetric.Contains(item.Item)))
        {
            yield return new(
                $"signing_algorithms[{index}]",
                algorithm.StartsWith("HS", StringComparison.OrdinalIgnoreCase)
                    ? "Algorithms of a shared secret are not supported: whoever can check such a token can forge it."
                : algorithm.Equals("none", StringComparison.OrdinalIgnoreCase) ? "A token without a signature proves nothing."
                : $"Choose among {string.Join(", ", OidcAlgorithms.Asymmetric)}.");
        }
    }
}
