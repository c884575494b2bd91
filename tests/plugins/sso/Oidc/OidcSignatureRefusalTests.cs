using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>An ID token's header, key and signature, one rule bent at a time.</summary>
public sealed class OidcSignatureRefusalTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("RS384")]
    [InlineData("rs256")]
    [InlineData(null)]
    public async Task Algorithm_NotAllowed_IsRefused(string? algorithm)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header["alg"] = algorithm;
        await test.RefusedAsync("algorithm");
    }

    [Fact]
    public async Task Algorithm_NoneWithoutSignature_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header["alg"] = "none";
        test.Provider.BendToken = token => token[..(token.LastIndexOf('.') + 1)];
        await test.RefusedAsync("algorithm");
    }

    [Fact]
    public async Task Algorithm_HmacWithThePublicKey_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { SigningAlgorithms = ["RS256", "HS256"] };
        test.Provider.BendHeader = header => header["alg"] = "HS256";
        test.Provider.BendToken = token =>
        {
            var signed = token[..token.LastIndexOf('.')];
            var key = Base64Url.DecodeFromChars((string)test.Provider.Keys[0].ToJwk()["n"]!);
            return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
        };
        await test.RefusedAsync("algorithm");
    }

    [Fact]
    public async Task Signature_Changed_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendToken = token => token[..^10] + (token[^10] == 'A' ? 'B' : 'A') + token[^9..];
        await test.RefusedAsync("signature");
    }

    [Fact]
    public async Task Signature_Empty_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendToken = token => token[..(token.LastIndexOf('.') + 1)];
        await test.RefusedAsync("signature");
    }

    [Fact]
    public async Task Signature_ClaimsChanged_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendToken = token => token.Split('.') is var parts
            ? $"{parts[0]}.{IssuerTestKey.Encode(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("u-alice", "u-admin", StringComparison.Ordinal))}.{parts[2]}"
            : token;
        await test.RefusedAsync("signature");
    }

    [Fact]
    public async Task Signature_OfAnotherKeyUnderAKnownId_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.SigningKey = IssuerTestKey.Create("k1");
        await test.RefusedAsync("signature");
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public async Task Header_BringsItsOwnKey_IsNotRead(string member)
    {
        await using var test = await OidcTest.StartAsync();
        var own = test.Provider.SigningKey = IssuerTestKey.Create("k1");
        test.Provider.Answers["/own-keys"] = Testing.HttpAnswers.Json(new JsonObject { ["keys"] = new JsonArray(own.ToJwk()) }.ToJsonString());
        test.Provider.BendHeader = header => header[member] = member switch
        {
            "jwk" => own.ToJwk(),
            "x5c" => new JsonArray("MIIB"),
            _ => $"{test.Provider.Issuer}/own-keys",
        };
        await test.RefusedAsync("signature");
        Assert.Empty(test.Provider.At("/own-keys"));
    }

    [Fact]
    public async Task Key_AbsentIdAndTwoKeys_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Keys.Add(IssuerTestKey.Create("k2", "ES256"));
        test.Provider.BendHeader = header => header.Remove("kid");
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Key_UnknownId_IsRefusedAfterOneSearch()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header["kid"] = "k9";
        await test.RefusedAsync("key");
        Assert.Equal(2, test.Provider.At("/keys").Count);
        await test.RefusedAsync("key");
        Assert.Equal(2, test.Provider.At("/keys").Count);
    }

    [Fact]
    public async Task Key_IdNoText_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header["kid"] = 1;
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Key_SameIdTwice_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Keys.Add(IssuerTestKey.Create("k1"));
        await test.RefusedAsync("key");
    }

    [Theory]
    [InlineData("use", "enc")]
    [InlineData("alg", "RS512")]
    [InlineData("alg", "RSA-OAEP")]
    public async Task Key_ForSomethingElse_IsRefused(string member, string value)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendKeys = keys => keys[0]![member] = value;
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Key_OperationsWithoutVerify_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendKeys = keys => keys[0]!["key_ops"] = new JsonArray("encrypt");
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Key_Of1024Bits_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.Keys[0] = IssuerTestKey.Create("k1", bits: 1024);
        Assert.Contains("1024", (await test.RefusedAsync("key")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_CurveOfAnotherAlgorithm_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { SigningAlgorithms = ["ES256", "ES384"] };
        test.Provider.Keys[0] = IssuerTestKey.Create("k1", "ES384");
        test.Provider.BendKeys = keys => keys[0]!.AsObject().Remove("alg");
        test.Provider.BendHeader = header => header["alg"] = "ES256";
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Key_SecretInTheSet_IsNotRead()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendKeys = keys => keys[0] = new JsonObject { ["kty"] = "oct", ["kid"] = "k1", ["k"] = "c2VjcmV0" };
        await test.RefusedAsync("key");
    }

    [Fact]
    public async Task Header_Critical_IsRefused()
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header =>
        {
            header["crit"] = new JsonArray("exp");
            header["exp"] = 1;
        };
        await test.RefusedAsync("crit");
    }

    [Theory]
    [InlineData("logout+jwt")]
    [InlineData("at+jwt")]
    public async Task Header_TypeOfAnotherToken_IsRefused(string type)
    {
        await using var test = await OidcTest.StartAsync();
        test.Provider.BendHeader = header => header["typ"] = type;
        await test.RefusedAsync("typ");
    }
}
