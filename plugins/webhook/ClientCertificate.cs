using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Webhook;

/// <summary>Reads a certificate with its private key from PEM or from a PFX in base64.</summary>
internal static class ClientCertificate
{
    private const string Unreadable =
        "This is no certificate with a private key: give both in PEM, or a PFX in base64, and the password if it has one.";

    /// <summary>The certificate, or what is wrong with it. The caller disposes it.</summary>
    public static (X509Certificate2? Certificate, string? Problem) Read(ClientCertificateAuth auth)
    {
        try
        {
            var certificate = Parse(auth.Certificate.Reveal(), auth.Password?.Reveal());
            if (certificate.HasPrivateKey)
            {
                return (certificate, null);
            }

            certificate.Dispose();
            return (null, "The private key is missing: give it together with the certificate.");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException)
        {
            return (null, Unreadable);
        }
    }

    private static X509Certificate2 Parse(string text, string? password)
    {
        if (!text.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            return X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(text.Trim()), password);
        }

        var certificate = string.IsNullOrEmpty(password)
            ? X509Certificate2.CreateFromPem(text, text)
            : X509Certificate2.CreateFromEncryptedPem(text, text, password);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // SChannel cannot use a key that exists in memory only.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }
}
