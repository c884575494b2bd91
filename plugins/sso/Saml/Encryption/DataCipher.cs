using System.Security.Cryptography;

namespace Vaka.Plugins.Sso.Saml.Encryption;

/// <summary>How the data is encrypted.</summary>
internal sealed record DataCipher(int KeyBytes, bool IsAuthenticated)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int BlockBytes = 16;

    public static DataCipher? Find(string? uri) => uri switch
    {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm" => new(16, true),
        "http://www.w3.org/2009/xmlenc11#aes192-gcm" => new(24, true),
        "http://www.w3.org/2009/xmlenc11#aes256-gcm" => new(32, true),
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => new(16, false),
        "http://www.w3.org/2001/04/xmlenc#aes192-cbc" => new(24, false),
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => new(32, false),
        _ => null,
    };

    /// <exception cref="CryptographicException">It is damaged, or for another key.</exception>
    public byte[] Decrypt(byte[] key, byte[] text) => IsAuthenticated ? DecryptGcm(key, text) : DecryptCbc(key, text);

    private static byte[] DecryptGcm(byte[] key, byte[] text)
    {
        if (text.Length < NonceBytes + TagBytes) throw new CryptographicException("Too short.");
        using var aes = new AesGcm(key, TagBytes);
        var plain = new byte[text.Length - NonceBytes - TagBytes];
        aes.Decrypt(text.AsSpan(0, NonceBytes), text.AsSpan(NonceBytes, plain.Length), text.AsSpan(text.Length - TagBytes), plain);
        return plain;
    }

    // The last byte says how many bytes are padding; the others of them may be anything (XML Encryption 5.2.2).
    private static byte[] DecryptCbc(byte[] key, byte[] text)
    {
        if (text.Length < 2 * BlockBytes || text.Length % BlockBytes is not 0) throw new CryptographicException("No whole blocks.");
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(text.AsSpan(BlockBytes), text.AsSpan(0, BlockBytes), PaddingMode.None);
        return plain[^1] is >= 1 and <= BlockBytes ? plain[..^plain[^1]] : throw new CryptographicException("No padding.");
    }
}
