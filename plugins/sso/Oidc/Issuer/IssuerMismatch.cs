using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Oidc.Issuer;

/// <summary>The discovery document belongs to another issuer than the configured one.</summary>
internal static class IssuerMismatch
{
    public static IntegrationException Of(string configured, string named) => OidcFailures.InvalidConfiguration(
        named.Contains('{') ? $"The discovery document is a template for many directories ({LoginTrace.Shown(named)}). {NameDirectory}"
        : named.TrimEnd('/').Equals(configured.TrimEnd('/'), StringComparison.Ordinal)
            ? $"The issuer's own name ends {(named.EndsWith('/') ? "with" : "without")} a slash: set issuer to {LoginTrace.Shown(named)}."
        : $"The discovery document belongs to {LoginTrace.Shown(named)} and not to the configured issuer. If that is the identity provider "
            + "meant, set issuer to exactly this; otherwise somebody answers in its place.");

    /// <summary>How to name one directory of Entra ID.</summary>
    public const string NameDirectory =
        "For Microsoft Entra ID set issuer to https://login.microsoftonline.com/<directory (tenant) id>/v2.0: an issuer for all "
        + "directories would let anybody's directory say who signs in.";
}
