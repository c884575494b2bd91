using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Testing;

/// <summary>Certificates that no root vouches for, made at run time.</summary>
public static class TestCertificates
{
    /// <summary>A self-signed certificate with its private key, good as a server's and as a client's.</summary>
    /// <param name="names">Host names and addresses it is for; default: <c>localhost</c>, <c>127.0.0.1</c> and <c>::1</c>.</param>
    public static X509Certificate2 SelfSigned(params string[] names)
    {
        var now = TimeProvider.System.GetUtcNow();
        return SelfSigned(now.AddDays(-1), now.AddDays(90), names);
    }

    /// <summary>The same with dates of its own.</summary>
    /// <param name="notBefore">From when on it is valid.</param>
    /// <param name="notAfter">Until when.</param>
    /// <param name="names">As above.</param>
    public static X509Certificate2 SelfSigned(DateTimeOffset notBefore, DateTimeOffset notAfter, params string[] names)
    {
        if (names.Length == 0)
        {
            names = ["localhost", "127.0.0.1", "::1"];
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(notBefore, notAfter);

        // Through PKCS#12: on some systems TLS cannot use a key that lives only in this process's memory.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>The fingerprint that <see cref="TlsOptions.PinnedCertificate"/> takes: SHA-256 in upper-case hexadecimal.</summary>
    public static string Fingerprint(X509Certificate certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);
}
