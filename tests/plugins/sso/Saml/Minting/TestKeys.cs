using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Tests.Saml.Minting;

/// <summary>Keys of both sides, made once for a run.</summary>
internal static class TestKeys
{
    private static readonly DateTimeOffset From = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static X509Certificate2 IdentityProvider { get; } = Rsa("idp.test");

    /// <summary>Of somebody else: another tenant's identity provider, or an attacker.</summary>
    public static X509Certificate2 Stranger { get; } = Rsa("stranger.test");

    public static X509Certificate2 Ours { get; } = Rsa("sp.test");

    public static X509Certificate2 OursBefore { get; } = Rsa("sp-before.test");

    public static X509Certificate2 EllipticCurve { get; } = Ecdsa(ECCurve.NamedCurves.nistP256);

    public static X509Certificate2 Rsa(string name, int bits = 2048, DateTimeOffset? until = null)
    {
        using var key = RSA.Create(bits);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(From, until ?? From.AddYears(5));
    }

    public static X509Certificate2 Ecdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return new CertificateRequest("CN=ec.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(From, From.AddYears(5));
    }
}
