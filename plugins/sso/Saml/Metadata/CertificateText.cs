using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Certificates as people paste them and metadata holds them: PEM, or bare base64 with white space anywhere.</summary>
internal static class CertificateText
{
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";

    /// <summary>The certificates of a text, one after the other.</summary>
    /// <exception cref="FormatException">One of them is none; the message says which.</exception>
    public static IReadOnlyList<X509Certificate2> ReadAll(string text)
    {
        var pieces = text.Contains(Begin, StringComparison.Ordinal)
            ? text.Split(Begin, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(piece => piece.Split(End)[0])
            : [text];
        return [.. pieces.Select((piece, index) => Read(piece, index + 1))];
    }

    public static X509Certificate2 Read(string base64, int position = 1)
    {
        try
        {
            // X509CertificateLoader would take PEM within the base64 too: one form only gets here.
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(string.Concat(
                base64.Replace(Begin, "", StringComparison.Ordinal).Replace(End, "", StringComparison.Ordinal).Where(c => !char.IsWhiteSpace(c)))));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            throw new FormatException(FormattableString.Invariant($"Certificate {position} cannot be read: give it in PEM."), exception);
        }
    }

    /// <summary>What is wrong with the key of a certificate; <c>null</c>: nothing.</summary>
    public static string? WeaknessOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return (rsa, ecdsa) switch
        {
            ({ KeySize: < 2048 }, _) => FormattableString.Invariant($"it has an RSA key of {rsa.KeySize} bits; 2048 are the least that is taken"),
            (null, { KeySize: < 256 }) => FormattableString.Invariant($"it has an EC key of {ecdsa.KeySize} bits; 256 are the least that is taken"),
            (null, null) => "it has neither an RSA nor an EC key",
            _ => null,
        };
    }
}
