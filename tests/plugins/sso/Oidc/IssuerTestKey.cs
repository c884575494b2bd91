using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>A key of the misbehaving provider.</summary>
internal sealed class IssuerTestKey
{
    private readonly RSA? rsa;
    private readonly ECDsa? curve;

    private IssuerTestKey(string? id, string algorithm, RSA? rsa, ECDsa? curve) =>
        (Id, Algorithm, this.rsa, this.curve) = (id, algorithm, rsa, curve);

    /// <summary>Shared by all tests, as making one takes long.</summary>
    public static IssuerTestKey First { get; } = Create("k1");

    public string? Id { get; }

    public string Algorithm { get; }

    public static IssuerTestKey Create(string? id, string algorithm = "RS256", int bits = 2048) => algorithm[..2] switch
    {
        "ES" => new(id, algorithm, null, ECDsa.Create(algorithm switch
        {
            "ES384" => ECCurve.NamedCurves.nistP384,
            "ES512" => ECCurve.NamedCurves.nistP521,
            _ => ECCurve.NamedCurves.nistP256,
        })),
        _ => new(id, algorithm, RSA.Create(bits), null),
    };

    public JsonObject ToJwk()
    {
        var jwk = new JsonObject { ["use"] = "sig", ["alg"] = Algorithm };
        if (Id is not null) jwk["kid"] = Id;
        if (rsa is not null)
        {
            var numbers = rsa.ExportParameters(false);
            jwk["kty"] = "RSA";
            jwk["n"] = Base64Url.EncodeToString(numbers.Modulus);
            jwk["e"] = Base64Url.EncodeToString(numbers.Exponent);
            return jwk;
        }

        var point = curve!.ExportParameters(false);
        jwk["kty"] = "EC";
        jwk["crv"] = curve.KeySize switch { 256 => "P-256", 384 => "P-384", _ => "P-521" };
        jwk["x"] = Base64Url.EncodeToString(point.Q.X);
        jwk["y"] = Base64Url.EncodeToString(point.Q.Y);
        return jwk;
    }

    /// <summary>Signs with this key, whatever the header says.</summary>
    public string Sign(string header, string claims, string? algorithm = null)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var named = algorithm ?? Algorithm;
        var hash = named[2..] switch { "384" => HashAlgorithmName.SHA384, "512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        var signature = curve is not null ? curve.SignData(bytes, hash)
            : rsa!.SignData(bytes, hash, named.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
