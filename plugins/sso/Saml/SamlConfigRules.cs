using Vaka.Plugins.Sso.Saml.Metadata;

namespace Vaka.Plugins.Sso.Saml;

/// <summary>The rules of a SAML config that span several fields. What depends on the time of day, such as an expired certificate, is the
/// probe's.</summary>
internal static class SamlConfigRules
{
    public static IEnumerable<ConfigError> Check(SsoConfig config) =>
        [.. Addresses(config), .. Certificates(config), .. IdentityProvider(config), .. Leniences(config)];

    private static IEnumerable<ConfigError> Addresses(SsoConfig config)
    {
        foreach (var (path, address) in new[]
        {
            ("idp_metadata_url", config.IdpMetadataUrl), ("idp_sso_url", config.IdpSsoUrl), ("idp_slo_url", config.IdpSloUrl),
        })
        {
            if (address is not null && !SafeAddress.IsSafe(address))
            {
                yield return new(path, "Give an https:// address without user name and fragment: who could change what is sent there could sign "
                    + "in as anybody.");
            }
        }
    }

    private static IEnumerable<ConfigError> Certificates(SsoConfig config)
    {
        if (config.IdpCertificates is not { } text) yield break;
        foreach (var problem in Problems(text)) yield return new("idp_certificates", problem);
    }

    private static IReadOnlyList<string> Problems(string certificates)
    {
        try
        {
            return [.. CertificateText.ReadAll(certificates).Select(CertificateText.WeaknessOf).Select((weakness, index) =>
                weakness is null ? null : FormattableString.Invariant($"Certificate {index + 1} cannot be used: {weakness}.")).OfType<string>()];
        }
        catch (FormatException exception)
        {
            return [exception.Message];
        }
    }

    private static IEnumerable<ConfigError> IdentityProvider(SsoConfig config)
    {
        if (config is { IdpMetadataUrl: null, IdpMetadataXml: null })
        {
            return Missing(config);
        }

        if (config.IdpMetadataXml is not { } xml) return [];
        List<ConfigError> errors = [];
        if (config.IdpMetadataUrl is not null)
        {
            errors.Add(new("idp_metadata_url", "It is not read while idp_metadata_xml is given. Remove one of the two.", ConfigSeverity.Warning));
        }

        try
        {
            // Certificates of the config's own are judged by themselves.
            var metadata = MetadataDocument.Choose(xml, config.IdpEntityId);
            if (config.IdpCertificates is null || Problems(config.IdpCertificates).Count == 0) IdentityProviders.Combine(config, metadata);
        }
        catch (FormatException exception)
        {
            errors.Add(new("idp_metadata_xml", exception.Message));
        }

        return errors;
    }

    private static IEnumerable<ConfigError> Missing(SsoConfig config)
    {
        if (config is { IdpEntityId: null, IdpSsoUrl: null, IdpCertificates: null })
        {
            yield return new("idp_metadata_url", "Say who the identity provider is: by its metadata URL or XML, or by entity id, sign-in URL and "
                + "certificates.");
            yield break;
        }

        const string Otherwise = "or give the metadata";
        if (config.IdpEntityId is null) yield return new("idp_entity_id", $"Give the identity provider's entity id, {Otherwise}.");
        if (config.IdpSsoUrl is null) yield return new("idp_sso_url", $"Give the identity provider's sign-in URL, {Otherwise}.");
        if (config.IdpCertificates is null) yield return new("idp_certificates", $"Give the identity provider's signing certificates, {Otherwise}.");
    }

    private static IEnumerable<ConfigError> Leniences(SsoConfig config)
    {
        if (config.AllowSha1)
        {
            yield return new("allow_sha1", "SHA-1 signatures can be forged. Have the identity provider sign with SHA-256 and switch this "
                + "off.", ConfigSeverity.Warning);
        }

        if (config.AllowIdpInitiated)
        {
            yield return new("allow_idp_initiated", "A response that nobody asked for cannot be told from one that an attacker had a browser "
                + "send. Allow it only where people must start from the identity provider's portal.", ConfigSeverity.Warning);
        }
    }
}
