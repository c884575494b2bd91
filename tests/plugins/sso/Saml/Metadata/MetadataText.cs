using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Tests.Saml.Metadata;

/// <summary>Metadata documents as identity providers publish them.</summary>
internal static class MetadataText
{
    public const string ServiceProvider = """
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.test"><md:SPSSODescriptor
          protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService index="0"
          Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/acs"/></md:SPSSODescriptor></md:EntityDescriptor>
        """;

    public static string CertificateBase64 { get; } = NewCertificate();

    public static string NewCertificate(int keyBits = 2048, DateTimeOffset? notAfter = null)
    {
        using var key = RSA.Create(keyBits);
        var end = notAfter ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest("CN=idp.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(end.AddYears(-9), end);
        return Convert.ToBase64String(certificate.RawData);
    }

    public static string Pem(string base64) => $"-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n";

    public static string Entity(
        string id, string? validUntil = null, bool wantsSigned = false, string use = "use=\"signing\"", params IReadOnlyList<string> certificates) => $"""
        <!-- as published -->
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{id}"
          {(validUntil is null ? "" : $"validUntil=\"{validUntil}\"")}>
          <md:Extensions><other xmlns="urn:other"><md:IDPSSODescriptor/></other></md:Extensions>
          <md:IDPSSODescriptor WantAuthnRequestsSigned="{(wantsSigned ? "true" : "false")}"
            protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol">
            {string.Join('\n', (certificates is [] ? [CertificateBase64] : certificates).Select(certificate =>
                $"<md:KeyDescriptor {use}><ds:KeyInfo><ds:KeyName>a</ds:KeyName><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"))}
            <md:ArtifactResolutionService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.test/artifact"/>
            <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/slo" ResponseLocation="https://idp.test/slo-answer"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.test/soap"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.test/sso-post"/>
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>
        """;

    public static string Federation(string? validUntil, params string[] entities) => $"""
        <md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" {(validUntil is null ? "" : $"validUntil=\"{validUntil}\"")}>
        {string.Join('\n', entities)}
        </md:EntitiesDescriptor>
        """;
}
