using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Host.Access;

/// <summary>An API key as its owner holds it: <c>vaka_{id}_{secret}</c>, the id in hex so that a row is found by its primary key, the
/// secret 32 random bytes in base64url. The fixed prefix lets secret scanners find one that was committed by mistake.</summary>
internal readonly struct ApiKeyToken
{
    public const string Prefix = "vaka_";
    private const int IdLength = 32;
    private const int SecretBytes = 32;

    private ApiKeyToken(Guid id, ReadOnlyMemory<char> secret) => (Id, this.secret) = (id, secret);

    private readonly ReadOnlyMemory<char> secret;

    public Guid Id { get; }

    public static ApiKeyToken New() =>
        new(Guid.CreateVersion7(), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)).AsMemory());

    public static bool TryParse(ReadOnlyMemory<char> text, out ApiKeyToken token)
    {
        token = default;
        var idEnd = Prefix.Length + IdLength;
        if (text.Length is < 76 or > 90 || !text.Span.StartsWith(Prefix) || text.Span[idEnd] != '_') return false;
        if (!Guid.TryParseExact(text.Span[Prefix.Length..idEnd], "N", out var id)) return false;
        token = new ApiKeyToken(id, text[(idEnd + 1)..]);
        return true;
    }

    public byte[] Hash()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        WriteHash(hash);
        return hash;
    }

    /// <summary>Whether its hash is this one; takes as long either way.</summary>
    public bool HasHash(ReadOnlySpan<byte> hash)
    {
        Span<byte> own = stackalloc byte[SHA256.HashSizeInBytes];
        WriteHash(own);
        return CryptographicOperations.FixedTimeEquals(hash, own);
    }

    /// <summary>The whole key, to be shown once.</summary>
    public string Reveal() => $"{Prefix}{Id:N}_{secret}";

    public override string ToString() => "[api key]";

    private void WriteHash(Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(secret.Length)];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(secret.Span, bytes)], hash);
    }
}
