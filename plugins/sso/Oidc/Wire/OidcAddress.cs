namespace Vaka.Plugins.Sso.Oidc.Wire;

/// <summary>Addresses that tokens, codes and secrets may travel to.</summary>
internal static class OidcAddress
{
    /// <summary>What is wrong with an endpoint's address; <c>null</c>: nothing.</summary>
    public static string? ProblemOf(string address) =>
        !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp
            ? "is no web address"
        : uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback ? "must begin with https://; http:// is for this machine only"
        : uri.UserInfo.Length > 0 ? "must not hold a user name"
        : address.Contains('#') ? "must not hold a fragment (#)"
        : null;

    /// <summary>What is wrong with an issuer; <c>null</c>: nothing.</summary>
    public static string? ProblemOfIssuer(string issuer) =>
        ProblemOf(issuer) ?? (issuer.Contains('?') ? "must not hold a query (?)" : null);

    /// <summary>The address with parameters added to the query that it has, as RFC 6749 section 3.1 asks.</summary>
    public static string With(string address, IEnumerable<KeyValuePair<string, string>> parameters) =>
        $"{address}{(address.Contains('?') ? '&' : '?')}"
        + string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
}
