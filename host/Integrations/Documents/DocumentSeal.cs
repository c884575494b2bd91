using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Seals a document's secrets: AES-256-GCM under a key that PBKDF2 makes of a passphrase. What a secret belongs to is associated data,
/// so that it opens nowhere else.</summary>
internal sealed class DocumentSeal : IDisposable
{
    private const int KeyLength = 32;
    private const int SaltLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int ShortestPassphrase = 12;
    private const int LongestPassphrase = 1024;
    private const string CheckText = "vaka.integrations";

    private readonly AesGcm aes;

    private DocumentSeal(string passphrase, byte[] salt, int rounds) => aes = new AesGcm(
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, rounds, HashAlgorithmName.SHA512, KeyLength), TagLength);

    /// <summary>A seal for a new document, and what the document says of it.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: the passphrase is too short or too long.</exception>
    public static (DocumentSeal Seal, DocumentSealing Sealing) Create(string passphrase)
    {
        if (passphrase.Length is < ShortestPassphrase or > LongestPassphrase)
        {
            throw new ProblemException(
                ProblemCode.InvalidRequest, $"The passphrase has to have {ShortestPassphrase} to {LongestPassphrase} characters. It protects every secret of the document.");
        }

        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var seal = new DocumentSeal(passphrase, salt, DocumentSealing.FewestRounds);
        return (seal, new DocumentSealing
        {
            Cipher = DocumentSealing.CipherName,
            KeyDerivation = DocumentSealing.DerivationName,
            Rounds = DocumentSealing.FewestRounds,
            Salt = Convert.ToBase64String(salt),
            Check = seal.Seal(CheckText, []),
        });
    }

    /// <summary>The seal of a document.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: not its passphrase, or its parameters were changed.</exception>
    public static DocumentSeal Open(DocumentSealing sealing, string passphrase)
    {
        var salt = Decode(sealing.Salt);
        if (salt is not { Length: >= 16 and <= 64 }) throw Wrong("The salt has to be 16 to 64 bytes in base64.");
        if (sealing.Rounds is < DocumentSealing.FewestRounds or > DocumentSealing.MostRounds)
            throw Wrong($"The rounds have to be {DocumentSealing.FewestRounds} to {DocumentSealing.MostRounds}.");
        if (passphrase.Length > LongestPassphrase) throw Wrong("The passphrase is not the one of this document.");
        var seal = new DocumentSeal(passphrase, salt, sealing.Rounds);
        if (seal.Open(sealing.Check, []) == CheckText) return seal;
        seal.Dispose();
        throw Wrong("The passphrase is not the one of this document, or how it is sealed was changed. Give the right one, or export again.");
    }

    public string Seal(string secret, ReadOnlySpan<byte> belongsTo)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var bytes = new byte[NonceLength + TagLength + plain.Length];
        var nonce = bytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        aes.Encrypt(nonce, plain, bytes.AsSpan(NonceLength + TagLength), bytes.AsSpan(NonceLength, TagLength), belongsTo);
        return Convert.ToBase64String(bytes);
    }

    /// <returns><c>null</c>: it is damaged, or belongs elsewhere.</returns>
    public string? Open(string sealedText, ReadOnlySpan<byte> belongsTo)
    {
        if (Decode(sealedText) is not { Length: >= NonceLength + TagLength } bytes) return null;
        var plain = new byte[bytes.Length - NonceLength - TagLength];
        try
        {
            aes.Decrypt(bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength + TagLength), bytes.AsSpan(NonceLength, TagLength), plain, belongsTo);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => aes.Dispose();

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private static ProblemException Wrong(string message) => new(ProblemCode.InvalidRequest, message);
}
