using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>An OpenID provider that behaves, until a test bends one of its answers.</summary>
internal sealed class BentProvider : IAsyncDisposable
{
    public const string Client = "client one";
    public const string Subject = "u-alice";
    public const string Code = "SplxlOBeZQQYbYS6WxSbIA";
    public const string AccessToken = "SlAV32hkKG.access~token+/=";

    private readonly HttpPeer peer;
    private readonly TimeProvider clock;

    private BentProvider(HttpPeer peer, TimeProvider clock)
    {
        (this.peer, this.clock) = (peer, clock);
        Issuer = peer.Address.ToString().TrimEnd('/');
        peer.Otherwise((request, token) => Answers.TryGetValue(request.Uri.AbsolutePath, out var bent)
            ? bent(request, token)
            : AnswerOf(request)(request, token));
    }

    public string Issuer { get; }

    public List<IssuerTestKey> Keys { get; } = [IssuerTestKey.First];

    /// <summary>The key that signs; default: the first.</summary>
    public IssuerTestKey? SigningKey { get; set; }

    /// <summary>Whole answers, by path.</summary>
    public Dictionary<string, HttpAnswer> Answers { get; } = [];

    public Action<JsonObject> BendDiscovery { get; set; } = _ => { };

    public Action<JsonArray> BendKeys { get; set; } = _ => { };

    public Action<JsonObject> BendHeader { get; set; } = _ => { };

    public Action<JsonObject> BendClaims { get; set; } = _ => { };

    /// <summary>The claims as text, the last thing before they are signed.</summary>
    public Func<string, string> BendClaimsText { get; set; } = text => text;

    /// <summary>The finished token.</summary>
    public Func<string, string> BendToken { get; set; } = token => token;

    public Action<JsonObject> BendTokenAnswer { get; set; } = _ => { };

    public Action<JsonObject> BendUserinfo { get; set; } = _ => { };

    public JsonObject? Userinfo { get; set; } = new() { ["sub"] = Subject, ["email"] = "alice@acme.test", ["groups"] = new JsonArray("eng", "admins") };

    /// <summary>Of the last authorization.</summary>
    public string? Nonce { get; set; }

    public IReadOnlyList<RecordedRequest> Requests => peer.Requests;

    public IReadOnlyList<RecordedRequest> At(string path) => [.. peer.Requests.Where(request => request.Uri.AbsolutePath == path)];

    public static async Task<BentProvider> StartAsync(TimeProvider clock) => new(await HttpPeer.StartAsync(), clock);

    /// <summary>What the browser brings back from where it was sent.</summary>
    public Dictionary<string, string> Authorize(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        Nonce = query["nonce"];
        return new() { ["code"] = Code, ["state"] = query["state"].ToString() };
    }

    public string IdToken()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return Signed("JWT", new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = Subject,
            ["aud"] = Client,
            ["exp"] = now + 300,
            ["iat"] = now,
            ["auth_time"] = now,
            ["nonce"] = Nonce,
            ["at_hash"] = HalfHash(AccessToken),
            ["sid"] = "session-1",
            ["acr"] = "pwd",
        });
    }

    public string LogoutToken()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        return Signed("logout+jwt", new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = Subject,
            ["aud"] = Client,
            ["exp"] = now + 120,
            ["iat"] = now,
            ["jti"] = "logout-1",
            ["sid"] = "session-1",
            ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
        });
    }

    public static string HalfHash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, 16));

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private string Signed(string type, JsonObject claims)
    {
        var key = SigningKey ?? Keys[0];
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = type };
        if (key.Id is not null) header["kid"] = key.Id;
        BendHeader(header);
        BendClaims(claims);
        var algorithm = header["alg"] is JsonValue value && value.TryGetValue<string>(out var named) && named.Length is 5 && named[0] is not 'H' ? named : null;
        return BendToken(key.Sign(header.ToJsonString(), BendClaimsText(claims.ToJsonString()), algorithm));
    }

    private HttpAnswer AnswerOf(RecordedRequest request) => request.Uri.AbsolutePath switch
    {
        "/.well-known/openid-configuration" => HttpAnswers.Json(Bent(
            new JsonObject
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = $"{Issuer}/authorize?tenant=a%20b",
                ["token_endpoint"] = $"{Issuer}/token",
                ["jwks_uri"] = $"{Issuer}/keys",
                ["userinfo_endpoint"] = $"{Issuer}/userinfo",
                ["end_session_endpoint"] = $"{Issuer}/logout",
                ["response_types_supported"] = new JsonArray("code"),
                ["scopes_supported"] = new JsonArray("openid", "email", "profile"),
                ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "PS256", "ES256"),
                ["code_challenge_methods_supported"] = new JsonArray("S256"),
            },
            BendDiscovery).ToJsonString()),
        "/keys" => HttpAnswers.Json(new JsonObject
        {
            ["keys"] = Bent(new JsonArray([.. Keys.Select(key => key.ToJwk())]), BendKeys),
        }.ToJsonString()),
        "/token" => HttpAnswers.Json(Bent(
            new JsonObject { ["token_type"] = "Bearer", ["access_token"] = AccessToken, ["expires_in"] = 300, ["id_token"] = IdToken() },
            BendTokenAnswer).ToJsonString()),
        "/userinfo" when Userinfo is not null => HttpAnswers.Json(Bent(Userinfo.DeepClone().AsObject(), BendUserinfo).ToJsonString()),
        _ => HttpAnswers.Status(HttpStatusCode.NotFound),
    };

    private static T Bent<T>(T json, Action<T> bend)
    {
        bend(json);
        return json;
    }
}
