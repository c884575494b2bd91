using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Host.Access;

/// <summary>An API key as its owner holds it: <c>vaka_{id}_{secret}</c>, the id in hex so that a row is found by its primary key, the
/// secret 32 random bytes in base64url. The fixed prefix lets secret scanners find one that was committed by mistake.</summary>
internal sealed class ApiKeyToken
{
    public const string Prefix = "vaka_";
    private const int IdLength = 32;
    private const int SecretBytes = 32;

    private ApiKeyToken(Guid id, string secret) => (Id, this.secret) = (id, secret);

    private readonly string secret;

    public Guid Id { get; }

    public static ApiKeyToken New() =>
        new(Guid.CreateVersion7(), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiKeyToken? token)
    {
        token = null;
        var idEnd = Prefix.Length + IdLength;
        if (text.Length is < 76 or > 90 || !text.StartsWith(Prefix) || text[idEnd] != '_') return false;
        if (!Guid.TryParseExact(text[Prefix.Length..idEnd], "N", out var id)) return false;
        token = new ApiKeyToken(id, text[(idEnd + 1)..].ToString());
        return true;
    }

    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The whole key, to be shown once.</summary>
    public string Reveal() => $"{Prefix}{Id:N}_{secret}";

    public override string ToString() => "[api key]";
}
