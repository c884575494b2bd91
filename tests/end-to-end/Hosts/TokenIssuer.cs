using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>An issuer of tokens (JWT) on this machine, with its discovery document and its key.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "vaka";

    private readonly RSA rsa = RSA.Create(2048);
    private readonly HttpPeer peer;

    private TokenIssuer(HttpPeer peer)
    {
        this.peer = peer;
        var key = rsa.ExportParameters(false);
        object keys = new { keys = new[] { new { kty = "RSA", kid = "k1", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } };
        peer.Otherwise((request, cancellationToken) => HttpAnswers.Json(JsonSerializer.Serialize(
            request.Uri.AbsolutePath == "/keys" ? keys : new { issuer = Address, jwks_uri = $"{Address}/keys" }))(request, cancellationToken));
    }

    public string Address => peer.Address.GetLeftPart(UriPartial.Authority);

    public static async Task<TokenIssuer> StartAsync() => new(await HttpPeer.StartAsync());

    /// <summary>A token for five minutes of what an issuer says of a caller.</summary>
    public string Token(string role, Guid? tenant, string? issuer = null, string audience = Audience, TimeSpan? lifetime = null)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer ?? Address,
            ["aud"] = audience,
            ["sub"] = "alice",
            ["role"] = role,
            ["nbf"] = now.AddMinutes(-10).ToUnixTimeSeconds(),
            ["exp"] = (now + (lifetime ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds(),
        };
        if (tenant is null) claims["scope"] = "platform";
        else claims["tenant_id"] = tenant;
        var signed = $"{Part(new { alg = "RS256", typ = "JWT", kid = "k1" })}.{Part(claims)}";
        var signature = rsa.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        rsa.Dispose();
        await peer.DisposeAsync();
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
