using System.Security.Cryptography;
using System.Text;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>The key that lives outside the database and encrypts the key ring inside it, with AES-256-GCM.</summary>
internal sealed class MasterKey
{
    private const int KeyLength = 32;
    private const int IdLength = 8;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] key;

    private MasterKey(byte[] key)
    {
        this.key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, IdLength));
    }

    /// <summary>Names the key without telling anything of it: the first bytes of its SHA-256.</summary>
    public string Id { get; }

    /// <exception cref="StartupException">No such file, or not a key.</exception>
    public static MasterKey Read(string file)
    {
        var bytes = new byte[KeyLength];
        try
        {
            var text = File.ReadAllText(file).Trim();
            if (text.Length <= 64 && Convert.TryFromBase64String(text, bytes, out var length) && length == KeyLength) return new MasterKey(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The master key {file} cannot be read: {exception.Message}", exception);
        }

        throw new StartupException($"{file} is not a master key: it has to hold 32 random bytes in base64. {HowToMake(file)}");
    }

    /// <summary>Makes a key; whoever reads the file finds a whole one in it or no file at all. Only in one's turn, since an existing
    /// one is replaced.</summary>
    public static MasterKey Create(string file)
    {
        var draft = file + ".new";
        try
        {
            using (var stream = OwnerOnly.Open(draft, FileMode.Create, FileShare.None))
            {
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)) + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The master key {file} cannot be written: {exception.Message}", exception);
        }

        return Read(file);
    }

    public static string HowToMake(string file) => $"Make one with: (umask 077; head -c 32 /dev/urandom | base64 > {file})";

    public byte[] Encrypt(ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = new byte[NonceLength + TagLength + plaintext.Length];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plaintext, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another key's, or damaged.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceLength + TagLength) throw new CryptographicException("Too short to be encrypted under a master key.");
        var plaintext = new byte[sealedBytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(
            sealedBytes[..NonceLength], sealedBytes[(NonceLength + TagLength)..], sealedBytes.Slice(NonceLength, TagLength), plaintext);
        return plaintext;
    }

    public override string ToString() => $"master key {Id}";
}
