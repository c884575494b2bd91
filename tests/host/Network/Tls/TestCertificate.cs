using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Host.Tests.Network.Tls;

/// <summary>Issues certificates with whatever a test wants wrong with them.</summary>
internal static class TestCertificate
{
    public static readonly Oid ForServers = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid ForClients = new("1.3.6.1.5.5.7.3.2");
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public static X509Certificate2 SelfSigned(string name = "localhost", int fromDays = -1, int toDays = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Leaf(key, name, ForServers).CreateSelfSigned(Now.AddDays(fromDays), Now.AddDays(toDays));
        return Usable(made);
    }

    public static X509Certificate2 Authority(string name = "Test root", X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null)
        {
            using var root = request.CreateSelfSigned(Now.AddDays(-60), Now.AddDays(60));
            return Usable(root);
        }

        using var made = request.Create(issuer, Now.AddDays(-50), Now.AddDays(50), Serial());
        using var withKey = made.CopyWithPrivateKey(key);
        return Usable(withKey);
    }

    public static X509Certificate2 IssuedBy(
        X509Certificate2 authority, string name = "localhost", int fromDays = -1, int toDays = 30, Oid? usage = null, Uri? issuerAt = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Leaf(key, name, usage ?? ForServers);
        if (issuerAt is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{issuerAt}ocsp"], [$"{issuerAt}issuer.cer"]));
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{issuerAt}list.crl"]));
        }

        using var made = request.Create(authority, Now.AddDays(fromDays), Now.AddDays(toDays), Serial());
        using var withKey = made.CopyWithPrivateKey(key);
        return Usable(withKey);
    }

    private static CertificateRequest Leaf(ECDsa key, string name, Oid usage)
    {
        var request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([usage], false));
        return request;
    }

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(12);

    // A key that was never exported cannot be used for TLS on every platform.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
