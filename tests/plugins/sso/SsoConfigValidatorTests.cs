using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Sso.Tests.Saml.Metadata;

namespace Vaka.Plugins.Sso.Tests;

public sealed class SsoConfigValidatorTests
{
    private static readonly SsoConfig Good = new() { Protocol = SsoProtocol.Saml, IdpMetadataUrl = "https://idp.test/metadata" };

    private static readonly SsoConfig Explicit = new()
    {
        Protocol = SsoProtocol.Saml, IdpEntityId = "https://idp.test", IdpSsoUrl = "https://idp.test/sso", IdpCertificates = MetadataText.Pem(MetadataText.CertificateBase64),
    };

    public static TheoryData<string, Func<SsoConfig, SsoConfig>> Wrong => new()
    {
        { "idp_metadata_url", config => config with { IdpMetadataUrl = null } },
        { "idp_metadata_url", config => config with { IdpMetadataUrl = "http://idp.test/metadata" } },
        { "idp_metadata_url", config => config with { IdpMetadataUrl = "https://user@idp.test/metadata" } },
        { "idp_sso_url", config => config with { IdpSsoUrl = "http://idp.test/sso" } },
        { "idp_slo_url", config => config with { IdpSloUrl = "ftp://idp.test/slo" } },
        { "idp_metadata_xml", config => config with { IdpMetadataUrl = null, IdpMetadataXml = "<a/>" } },
        { "idp_metadata_xml", config => config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.ServiceProvider } },
        { "idp_metadata_xml", config => config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.Entity("https://idp.test"), IdpEntityId = "https://other.test" } },
        { "idp_metadata_xml", config => config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.Entity("https://idp.test", use: "use=\"encryption\"") } },
        { "idp_entity_id", _ => Explicit with { IdpEntityId = null } },
        { "idp_sso_url", _ => Explicit with { IdpSsoUrl = null } },
        { "idp_certificates", _ => Explicit with { IdpCertificates = null } },
        { "idp_certificates", _ => Explicit with { IdpCertificates = "certificate" } },
        { "idp_certificates", _ => Explicit with { IdpCertificates = Explicit.IdpCertificates + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } },
        { "idp_certificates", _ => Explicit with { IdpCertificates = MetadataText.Pem(MetadataText.NewCertificate(1024)) } },
        { "return_urls[0]", config => config with { ReturnUrls = ["app.example.com"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["javascript:alert(1)"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test/a#b"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://*.app.test/a"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test/a*"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test*"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test/*/b"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test?x=/*"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://user:pass@app.test/"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test/a/../b"] } },
        { "return_urls[0]", config => config with { ReturnUrls = ["https://app.test\\@evil.test/"] } },
        { "return_urls[1]", config => config with { ReturnUrls = ["https://app.test/a", ""] } },
        { "email_domains[0]", config => config with { EmailDomains = ["Acme.example"] } },
        { "email_domains[0]", config => config with { EmailDomains = ["@acme.example"] } },
        { "email_domains[0]", config => config with { EmailDomains = ["acme"] } },
        { "email_domains[0]", config => config with { EmailDomains = ["*.acme.example"] } },
        { "email_domains[0]", config => config with { EmailDomains = ["acme.example."] } },
        { "email_domains[0]", config => config with { EmailDomains = ["127.0.0.1"] } },
        { "email_domains[1]", config => config with { EmailDomains = ["acme.example", "acme.example"] } },
        { "attributes[1].target", config => config with { Attributes = [Mapped("email"), Mapped("email")] } },
        { "attributes[0].sources[0]", config => config with { Attributes = [new MappedAttribute { Target = "email", Sources = [" "] }] } },
    };

    public static TheoryData<string, Func<SsoConfig, SsoConfig>> Doubtful => new()
    {
        { "allow_sha1", config => config with { AllowSha1 = true } },
        { "allow_idp_initiated", config => config with { AllowIdpInitiated = true } },
        { "idp_metadata_url", config => config with { IdpMetadataXml = MetadataText.Entity("https://idp.test") } },
        { "return_urls[0]", config => config with { ReturnUrls = ["http://app.test/a"] } },
    };

    public static TheoryData<Func<SsoConfig, SsoConfig>> Right => new()
    {
        config => config,
        _ => Explicit,
        config => config with { IdpMetadataUrl = "http://127.0.0.1:8080/metadata" },
        config => config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.Entity("https://idp.test") },
        config => config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.Entity("https://idp.test", use: "use=\"encryption\""), IdpCertificates = Explicit.IdpCertificates },
        _ => Explicit with { IdpCertificates = MetadataText.CertificateBase64 },
        _ => Explicit with { IdpCertificates = Explicit.IdpCertificates + "\n" + EcdsaPem() },
        config => config with { ReturnUrls = ["https://app.test", "https://app.test/*", "https://app.test/a?b=c", "http://localhost:3000/*"] },
        config => config with { EmailDomains = ["acme.example", "xn--bcher-kva.example", "a.b.c.example"], Attributes = [Mapped("email"), Mapped("name")] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_Wrong_NamesTheField(string path, Func<SsoConfig, SsoConfig> change)
    {
        var error = Assert.Single(SsoConfigValidator.Validate(change(Good)), error => error.Severity == ConfigSeverity.Error);
        Assert.Equal(path, error.Path);
    }

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void Validate_Doubtful_Warns(string path, Func<SsoConfig, SsoConfig> change)
    {
        var warning = Assert.Single(SsoConfigValidator.Validate(change(Good)));
        Assert.Equal((path, ConfigSeverity.Warning), (warning.Path, warning.Severity));
    }

    [Theory]
    [MemberData(nameof(Right))]
    public void Validate_Right_SaysNothing(Func<SsoConfig, SsoConfig> change) => Assert.Empty(SsoConfigValidator.Validate(change(Good)));

    private static MappedAttribute Mapped(string target) => new() { Target = target, Sources = [target] };

    private static string EcdsaPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        using var certificate = new CertificateRequest("CN=idp.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddYears(10));
        return certificate.ExportCertificatePem();
    }
}
