using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Api;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Access;

/// <summary>Tokens of a real issuer on this machine, taken by the real handlers.</summary>
public sealed class JwtAuthenticationTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private const string Audience = "vaka";
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly RSA rsa = RSA.Create(2048);
    private HttpPeer issuer = null!; // started before each test
    private WebApplication app = null!; // started before each test

    public static TheoryData<string, string> Good => new()
    {
        { $$"""{"role":"admin","tenant_id":"{{Tenant}}"}""", $"jwt:alice Admin {Tenant}" },
        { $$"""{"role":"service","tenant_id":"{{Tenant}}","scope":"openid profile"}""", $"jwt:alice Service {Tenant}" },
        { """{"role":"admin","scope":"platform"}""", "jwt:alice Admin platform" },
        { """{"role":"service","scope":"openid platform"}""", "jwt:alice Service platform" },
        { """{"role":"service","scope":["openid","platform"]}""", "jwt:alice Service platform" },
    };

    public static TheoryData<string> Unclear =>
    [
        """{"role":"admin"}""",
        """{"role":"admin","scope":"openid platforms"}""",
        """{"role":"root","scope":"platform"}""",
        """{"role":"Admin","scope":"platform"}""",
        """{"role":["admin","service"],"scope":"platform"}""",
        """{"scope":"platform"}""",
        """{"role":"admin","tenant_id":"acme"}""",
        """{"role":"admin","tenant_id":""}""",
        $$"""{"role":"admin","scope":"platform","tenant_id":"{{Tenant}}"}""",
        """{"role":"admin","scope":"platform","sub":""}""",
        """{"role":"admin","scope":"platform","sub":"a\u0000b"}""",
    ];

    public async ValueTask InitializeAsync()
    {
        issuer = await HttpPeer.StartAsync();
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = "k1" });
        var discovery = HttpAnswers.Json(JsonSerializer.Serialize(new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" }));
        var keys = HttpAnswers.Json(JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", kid = "k1", n = key.N, e = key.E } } }));
        issuer.Otherwise((request, cancellationToken) => (request.Uri.AbsolutePath == "/keys" ? keys : discovery)(request, cancellationToken));
        app = await StartAsync(Issuer);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await issuer.DisposeAsync();
        rsa.Dispose();
    }

    [Theory]
    [MemberData(nameof(Good))]
    public async Task GoodToken_SaysWhoCalls(string claims, string expected) =>
        Assert.Equal((HttpStatusCode.OK, expected), await AskAsync(Signed(claims)));

    [Theory]
    [MemberData(nameof(Unclear))]
    public async Task TokenThatDoesNotSayItAll_IsRefused(string claims) => await AssertRefusedAsync(Signed(claims));

    [Fact]
    public async Task WrongAudience_IsRefused() => await AssertRefusedAsync(Signed(audience: "another"));

    [Fact]
    public async Task WrongIssuer_IsRefused() => await AssertRefusedAsync(Signed(from: "https://elsewhere.example"));

    [Fact]
    public async Task Expired_IsRefused() => await AssertRefusedAsync(Signed(lifetime: TimeSpan.FromMinutes(-2)));

    [Fact]
    public async Task SignedByAnotherKey_IsRefused()
    {
        using var other = RSA.Create(2048);
        await AssertRefusedAsync(Token(new SigningCredentials(new RsaSecurityKey(other) { KeyId = "k1" }, "RS256")));
    }

    [Fact]
    public async Task ChangedAfterSigning_IsRefused()
    {
        var parts = Signed("""{"role":"service","scope":"platform"}""").Split('.');
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("service", "admin");
        await AssertRefusedAsync($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public async Task AlgorithmNone_IsRefused(string algorithm)
    {
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"k1"}"""));
        var claims = Signed().Split('.')[1];
        await AssertRefusedAsync($"{header}.{claims}.");
        await AssertRefusedAsync($"{header}.{claims}.{Signed().Split('.')[2]}");
    }

    [Fact]
    public async Task PublicKeyTakenForASharedSecret_IsRefused()
    {
        var secrets = new[]
        {
            Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), rsa.ExportSubjectPublicKeyInfo(), rsa.ExportParameters(false).Modulus!, // an RSA key has one
        };
        foreach (var secret in secrets)
            await AssertRefusedAsync(Token(new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = "k1" }, "HS256")));
    }

    [Fact]
    public async Task IssuerAway_IsSaidAndNotCalledABadToken()
    {
        issuer.Otherwise(HttpAnswers.Status(HttpStatusCode.BadGateway));
        var (status, text) = await AskAsync(Signed());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("provider_unavailable", JsonNode.Parse(text)?["code"]?.GetValue<string>());
    }

    [Fact]
    public async Task ApiKey_WorksBesideTokens()
    {
        var keys = app.Services.GetRequiredService<ApiKeys>();
        var (key, text) = await keys.CreateAsync(new NewApiKey("test", CallerRole.Service, null), Caller.CommandLine, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, $"key:{key.Id} Service platform"), await AskAsync(text));
        await AssertRefusedAsync(ApiKeyToken.New().Reveal());
        await AssertRefusedAsync("nonsense");
    }

    [Fact]
    public async Task FailingTokens_AreCounted()
    {
        for (var i = 0; i < 60; i++) await AssertRefusedAsync("nonsense");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync("nonsense")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(Signed("""{"role":"admin"}"""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Signed())).Status);
    }

    [Theory]
    [InlineData("https://issuer.example", null)]
    [InlineData(null, Audience)]
    [InlineData("http://issuer.example", Audience)]
    [InlineData("issuer.example", Audience)]
    public void IsConfigured_ByHalfOrUnsafely_SaysSo(string? authority, string? audience) =>
        Assert.Throws<StartupException>(() => new JwtOptions { Authority = authority, Audience = audience }.IsConfigured());

    private string Issuer => issuer.Address.GetLeftPart(UriPartial.Authority);

    private string Signed(
        string claims = """{"role":"admin","scope":"platform"}""", string audience = Audience, string? from = null, TimeSpan? lifetime = null) =>
        Token(new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, "RS256"), claims, audience, from, lifetime);

    private string Token(
        SigningCredentials signing, string claims = """{"role":"admin","scope":"platform"}""", string audience = Audience, string? from = null,
        TimeSpan? lifetime = null)
    {
        var now = DateTimeOffset.UtcNow;
        var payload = JsonNode.Parse(claims)!.AsObject(); // every case is an object
        payload["sub"] ??= "alice";
        payload["iss"] = from ?? Issuer;
        payload["aud"] = audience;
        payload["nbf"] = now.AddMinutes(-10).ToUnixTimeSeconds();
        payload["exp"] = (now + (lifetime ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(payload.ToJsonString(), signing);
    }

    private async Task AssertRefusedAsync(string token)
    {
        var (status, text) = await AskAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("unauthenticated", JsonNode.Parse(text)?["code"]?.GetValue<string>());
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(string token)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await client.GetAsync("/api/who");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<WebApplication> StartAsync(string authority)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Access:Jwt:Authority"] = authority,
            ["Access:Jwt:Audience"] = Audience,
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddLogging().AddRouting().AddSingleton(database.Contexts).AddAccess(builder.Configuration).AddApi();
        var host = builder.Build();
        host.UseProblemResponses();
        host.UseRouting();
        host.UseAuthentication();
        host.UseAuthorization();
        host.MapGet("/api/who", (Caller caller) => Results.Text($"{caller.Name} {caller.Role} {caller.HomeTenantId?.ToString() ?? "platform"}"));
        await host.StartAsync();
        return host;
    }
}
