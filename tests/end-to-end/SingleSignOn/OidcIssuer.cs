using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>A small OpenID provider where whoever comes is signed in as whom the test says. The person's side of it, the page that asks for a
/// password, is left out: <see cref="SignIn"/> answers where that page would send the browser.</summary>
internal sealed class OidcIssuer : IAsyncDisposable
{
    private readonly RSA key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, JsonObject> codes = new();
    private HttpPeer? peer;

    public string Address => Peer.Address.AbsoluteUri.TrimEnd('/');

    private HttpPeer Peer => peer ?? throw new InvalidOperationException("It does not run.");

    public static async Task<OidcIssuer> StartAsync()
    {
        var issuer = new OidcIssuer { peer = await HttpPeer.StartAsync() };
        issuer.Peer.Otherwise((request, cancellationToken) => issuer.Answer(request)(request, cancellationToken));
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        key.Dispose();
    }

    /// <summary>A config that signs in here.</summary>
    public JsonObject Config(params string[] returnUrls) => new()
    {
        ["protocol"] = "oidc", ["issuer"] = Address, ["client_id"] = "vaka", ["read_userinfo"] = false,
        ["return_urls"] = new JsonArray([.. returnUrls.Select(url => (JsonNode)url)]),
    };

    /// <summary>Somebody signs in.</summary>
    /// <param name="request">Where the browser was sent.</param>
    /// <param name="subject">Who.</param>
    /// <param name="claims">What else is said of them.</param>
    /// <returns>Where the browser is sent back to.</returns>
    public Uri SignIn(Uri request, string subject, params (string Name, JsonNode Value)[] claims)
    {
        Assert.StartsWith(Address, request.AbsoluteUri);
        var asked = HttpUtility.ParseQueryString(request.Query);
        var code = $"{Guid.NewGuid():N}";
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = new JsonObject
        {
            ["iss"] = Address, ["sub"] = subject, ["aud"] = asked["client_id"], ["iat"] = now, ["exp"] = now + 300, ["nonce"] = asked["nonce"],
            ["sid"] = $"sid-{subject}",
        };
        foreach (var (name, value) in claims) token[name] = value;
        codes[code] = token;
        return new Uri($"{asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(asked["state"] ?? "")}");
    }

    /// <summary>The order to end somebody's sessions (OpenID Connect Back-Channel Logout 1.0, section 2.4).</summary>
    public string LogoutToken(string subject)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return Sign(
            new JsonObject
            {
                ["iss"] = Address, ["sub"] = subject, ["aud"] = "vaka", ["iat"] = now, ["exp"] = now + 120, ["jti"] = $"{Guid.NewGuid():N}",
                ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
            },
            "logout+jwt");
    }

    private HttpAnswer Answer(RecordedRequest request) => request.Uri.AbsolutePath switch
    {
        "/.well-known/openid-configuration" => HttpAnswers.Json(new JsonObject
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = $"{Address}/authorize",
            ["token_endpoint"] = $"{Address}/token",
            ["jwks_uri"] = $"{Address}/jwks",
            ["end_session_endpoint"] = $"{Address}/end",
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        }.ToJsonString()),
        "/jwks" => HttpAnswers.Json(Keys()),
        "/token" => Redeem(HttpUtility.ParseQueryString(request.BodyText)["code"]),
        _ => HttpAnswers.Status(System.Net.HttpStatusCode.NotFound),
    };

    private HttpAnswer Redeem(string? code) => code is not null && codes.TryRemove(code, out var token)
        ? HttpAnswers.Json(new JsonObject { ["access_token"] = "access", ["token_type"] = "Bearer", ["id_token"] = Sign(token, "JWT") }.ToJsonString())
        : HttpAnswers.Json(System.Net.HttpStatusCode.BadRequest, """{"error":"invalid_grant"}""");

    private string Keys()
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA", use = "sig", alg = "RS256", kid = "k1", n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent),
                },
            },
        });
    }

    private string Sign(JsonObject claims, string type)
    {
        var header = new JsonObject { ["alg"] = "RS256", ["kid"] = "k1", ["typ"] = type };
        var signed = $"{Encoded(header)}.{Encoded(claims)}";
        var signature = key.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encoded(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
