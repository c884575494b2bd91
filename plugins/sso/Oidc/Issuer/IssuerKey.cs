using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Issuer;

/// <summary>A public key of the issuer's set (RFC 7517). Only its numbers are used: a certificate or address beside them is not read.</summary>
internal sealed class IssuerKey
{
    private readonly RSAParameters? rsa;
    private readonly ECParameters? curve;

    private IssuerKey(JsonElement json, RSAParameters? rsa, ECParameters? curve, int bits)
    {
        (this.rsa, this.curve, Bits) = (rsa, curve, bits);
        Id = json.Text("kid");
        Use = json.Text("use");
        Algorithm = json.Text("alg");
        Operations = json.Texts("key_ops");
    }

    public string? Id { get; }

    public string? Use { get; }

    public string? Algorithm { get; }

    public IReadOnlyList<string>? Operations { get; }

    /// <summary>Length of the modulus, or of the curve.</summary>
    public int Bits { get; }

    /// <summary>The key; <c>null</c>: of a kind that is not known, or malformed, such as a point that is not on its curve.</summary>
    public static IssuerKey? Read(JsonElement json)
    {
        try
        {
            var key = json.ValueKind is JsonValueKind.Object ? Numbers(json) : null;
            key?.Open().Owner.Dispose();
            return key;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether signatures of this algorithm can be of this key.</summary>
    public bool Fits(string algorithm) => algorithm switch
    {
        "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512" => rsa is not null,
        "ES256" => curve is not null && Bits is 256,
        "ES384" => curve is not null && Bits is 384,
        "ES512" => curve is not null && Bits is 521,
        _ => false,
    };

    /// <summary>What is wrong with it for signatures of this algorithm; <c>null</c>: nothing.</summary>
    public string? ProblemFor(string algorithm) =>
        !Fits(algorithm) ? $"is not of the kind that {algorithm} needs"
        : Use is not (null or "sig") ? "is not for signatures (use)"
        : Operations is not null && !Operations.Contains("verify") ? "is not for signatures (key_ops)"
        : Algorithm is not null && Algorithm != algorithm ? $"is not for {algorithm} (alg)"
        : rsa is not null && Bits < 2048 ? $"has {Bits} bits; at least 2048 are demanded"
        : null;

    /// <summary>The key for one verification; the caller disposes the second.</summary>
    public (SecurityKey Key, IDisposable Owner) Open()
    {
        if (rsa is { } numbers)
        {
            var key = RSA.Create(numbers);
            return (new RsaSecurityKey(key), key);
        }

        var point = ECDsa.Create(curve ?? throw new InvalidOperationException("A key has numbers."));
        return (new ECDsaSecurityKey(point), point);
    }

    private static IssuerKey? Numbers(JsonElement json) => json.Text("kty") switch
    {
        "RSA" when Number(json, "n") is { Length: > 0 } n && Number(json, "e") is { Length: > 0 } e =>
            new(json, new RSAParameters { Modulus = n, Exponent = e }, null, BitsOf(n)),
        "EC" when CurveOf(json.Text("crv")) is var (named, length) && Number(json, "x") is { } x && Number(json, "y") is { } y
            && x.Length == (length + 7) / 8 && y.Length == x.Length =>
            new(json, null, new ECParameters { Curve = named, Q = new ECPoint { X = x, Y = y } }, length),
        _ => null,
    };

    private static (ECCurve Curve, int Bits)? CurveOf(string? name) => name switch
    {
        "P-256" => (ECCurve.NamedCurves.nistP256, 256),
        "P-384" => (ECCurve.NamedCurves.nistP384, 384),
        "P-521" => (ECCurve.NamedCurves.nistP521, 521),
        _ => null,
    };

    private static byte[]? Number(JsonElement json, string name)
    {
        try
        {
            return json.Text(name) is { Length: < 4096 } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static int BitsOf(byte[] number)
    {
        var first = Array.FindIndex(number, b => b is not 0);
        return first < 0 ? 0 : (number.Length - first) * 8 - System.Numerics.BitOperations.LeadingZeroCount((uint)number[first] << 24);
    }
}
