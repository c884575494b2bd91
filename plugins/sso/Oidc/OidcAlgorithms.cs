namespace Vaka.Plugins.Sso.Oidc;

/// <summary>Signature algorithms (RFC 7518) of a public key. With HS256 a public key would be the secret; <c>none</c> is none.</summary>
internal static class OidcAlgorithms
{
    public static IReadOnlyList<string> Asymmetric { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
}
