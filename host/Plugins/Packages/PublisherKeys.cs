using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>Whose packages are taken, once an operator has said so (<c>Plugins:PublisherKeys</c>): ECDSA keys on P-256. A signature is over
/// the lock (SHA-256, DER, base64), as <c>openssl dgst -sha256 -sign key.pem</c> makes it.</summary>
internal sealed class PublisherKeys(IOptions<PluginsOptions> options)
{
    private readonly string[] keys = [.. options.Value.PublisherKeys.Where(key => !string.IsNullOrWhiteSpace(key))];

    public bool AreConfigured => keys.Length > 0;

    /// <exception cref="ProblemException">Nobody has said whose packages are taken.</exception>
    public void DemandConfigured()
    {
        if (AreConfigured) return;
        throw new ProblemException(ProblemCode.InvalidRequest,
            "Packages are changed through the API only where the setting Plugins:PublisherKeys says whose are taken. Set it, or use the command 'plugins'.");
    }

    /// <summary>Why a package is not to be trusted; <c>null</c>: it is, or nobody said whom to trust.</summary>
    public string? Refuse(PackageLock files, string? signature) => (AreConfigured, signature) switch
    {
        (false, _) => null,
        (true, null) => "It is not signed, and Plugins:PublisherKeys says whose packages are taken.",
        (true, { } given) => keys.Any(key => Verifies(key, files, given)) ? null : "Its signature is by none of the keys in Plugins:PublisherKeys.",
    };

    /// <exception cref="ProblemException">The file holds no such key.</exception>
    public static string Sign(PackageLock files, string privateKeyPem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(privateKeyPem);
            return Convert.ToBase64String(key.SignData(files.Bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ProblemException(ProblemCode.InvalidRequest, "The key to sign with is not an ECDSA private key in PEM.", exception);
        }
    }

    /// <summary>Whether that is a key as the setting takes it.</summary>
    public static bool IsKey(string text)
    {
        try
        {
            using var key = Read(text);
            return key.KeySize == 256;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static bool Verifies(string text, PackageLock files, string signature)
    {
        var bytes = new byte[signature.Length];
        if (!Convert.TryFromBase64String(signature, bytes, out var length)) return false;
        using var key = Read(text);
        return key.VerifyData(files.Bytes, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static ECDsa Read(string text)
    {
        var key = ECDsa.Create();
        if (text.Contains("-----BEGIN", StringComparison.Ordinal)) key.ImportFromPem(text);
        else key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
        return key;
    }
}
