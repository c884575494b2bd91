using System.Buffers.Text;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Api;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Tests.Access.Sealing;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Access;

/// <summary>Tokens of a real issuer on this machine, taken by the real handlers.</summary>
public sealed class JwtAuthenticationTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private const string Audience = "vaka";
    private static readonly Guid Tenant = Guid.NewGuid();

    private readonly RSA rsa = RSA.Create(2048);
    private readonly List<object> keys = [];
    private string? keysAddress;
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
        keys.Add(Published(rsa, "k1"));
        issuer.Otherwise((request, cancellationToken) => HttpAnswers.Json(JsonSerializer.Serialize(request.Uri.AbsolutePath == "/keys"
            ? (object)new { keys }
            : new { issuer = Issuer, jwks_uri = keysAddress ?? $"{Issuer}/keys" }))(request, cancellationToken));
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
    public async Task NotYetValid_IsRefused() => await AssertRefusedAsync(Signed(start: TimeSpan.FromMinutes(2)));

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task RsaSignature_IsTaken(string algorithm) =>
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Token(new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, algorithm)))).Status);

    [Theory]
    [InlineData("ES256", "nistP256")]
    [InlineData("ES384", "nistP384")]
    public async Task EllipticSignature_IsTaken(string algorithm, string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var point = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(key));
        keys.Add(new { kty = "EC", kid = "e1", crv = point.Crv, x = point.X, y = point.Y });
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Token(new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "e1" }, algorithm)))).Status);
    }

    [Fact]
    public async Task KeyRotation_NewKeyIsTakenAndTheOldOneRefused()
    {
        using var next = RSA.Create(2048);
        var renewed = Token(new SigningCredentials(new RsaSecurityKey(next) { KeyId = "k2" }, "RS256"));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Signed())).Status);

        (keys[0], var old) = (Published(next, "k2"), Signed());

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(renewed)).Status);
        await AssertRefusedAsync(old);
    }

    [Fact]
    public async Task KeyWithdrawn_NobodyUsesTheNewOne_IsRefusedAllTheSame()
    {
        // The library has a clock, and no setting for it. To the five minutes it adds at random up to a twentieth.
        var options = app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("jwt");
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var field = options.ConfigurationManager!.GetType().GetField("TimeProvider", BindingFlags.Instance | BindingFlags.NonPublic); // made for the authority
        Assert.NotNull(field);
        field.SetValue(options.ConfigurationManager, clock);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Signed())).Status);

        using var next = RSA.Create(2048);
        keys[0] = Published(next, "k2");
        clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Signed())).Status);
        clock.Advance(TimeSpan.FromSeconds(21));

        await AssertRefusedAsync(Signed());
    }

    [Fact]
    public async Task IssuerThatSendsElsewhere_IsFollowedNowhereInside()
    {
        await using var inside = await HttpPeer.StartAsync();
        inside.Otherwise((request, cancellationToken) => HttpAnswers.Json(JsonSerializer.Serialize(new { keys }))(request, cancellationToken));
        keysAddress = new Uri(inside.Address, "/keys").ToString();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync(Signed())).Status);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task IssuerThatRedirects_IsNotFollowed()
    {
        await using var other = await HttpPeer.StartAsync();
        issuer.Otherwise(HttpAnswers.Redirect(other.Address.ToString()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync(Signed())).Status);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task RefusedTokens_AreAuditedOnceForEachReason()
    {
        await using (var context = database.CreateContext()) await context.Set<AuditEvent>().ExecuteDeleteAsync();
        for (var i = 0; i < 3; i++)
        {
            await AssertRefusedAsync(Signed(lifetime: TimeSpan.FromMinutes(-2)));
            await AssertRefusedAsync(Signed(start: TimeSpan.FromMinutes(2)));
            await AssertRefusedAsync(Signed(audience: "another"));
            await AssertRefusedAsync(Signed(from: "https://elsewhere.example"));
            await AssertRefusedAsync(Signed()[..^8] + "AAAAAAAA");
            await AssertRefusedAsync(Token(new SigningCredentials(new SymmetricSecurityKey(new byte[64]) { KeyId = "k1" }, "HS256")));
            await AssertRefusedAsync(Signed("""{"role":"admin"}"""));
            await AssertRefusedAsync("nonsense");
        }

        List<AuditEvent> refused = [];
        await Eventually.HoldsAsync(async () =>
        {
            await using var context = database.CreateContext();
            refused = await context.Set<AuditEvent>().AsNoTracking().ToListAsync();
            return refused.Count >= 7;
        });
        Assert.All(refused, e => Assert.Equal(("token.refused", "token", "address:127.0.0.1", null), (e.Action, e.Subject, e.Actor, e.TenantId)));
        Assert.Equal(
            ["audience", "claims", "expired", "issuer", "malformed", "not_yet_valid", "signature"],
            refused.Select(e => JsonNode.Parse(e.Details!)!["reason"]!.GetValue<string>()).Order()); // every one has a reason
    }

    [Fact]
    public async Task Refusal_AndDocument_SpeakOfTokens()
    {
        var (_, text) = await AskAsync("nonsense");
        Assert.Contains("or with a token of this platform's issuer", JsonNode.Parse(text)?["detail"]?.GetValue<string>());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"));
        Assert.Contains("token (JWT)", document?["components"]?["securitySchemes"]?["bearer"]?["description"]?.GetValue<string>());
    }

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
        string claims = """{"role":"admin","scope":"platform"}""", string audience = Audience, string? from = null, TimeSpan? lifetime = null,
        TimeSpan? start = null) =>
        Token(new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, "RS256"), claims, audience, from, lifetime, start);

    private static object Published(RSA key, string id)
    {
        var numbers = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.ExportParameters(false)));
        return new { kty = "RSA", kid = id, n = numbers.N, e = numbers.E };
    }

    private string Token(
        SigningCredentials signing, string claims = """{"role":"admin","scope":"platform"}""", string audience = Audience, string? from = null,
        TimeSpan? lifetime = null, TimeSpan? start = null)
    {
        var now = DateTimeOffset.UtcNow;
        var payload = JsonNode.Parse(claims)!.AsObject(); // every case is an object
        payload["sub"] ??= "alice";
        payload["iss"] = from ?? Issuer;
        payload["aud"] = audience;
        payload["nbf"] = (now + (start ?? TimeSpan.FromMinutes(-10))).ToUnixTimeSeconds();
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
        builder.Services.AddLogging().AddRouting().AddSingleton(database.Contexts).AddSingleton<IAuditKey>(new TestAuditKey()).AddNetwork(builder.Configuration)
            .AddAccess(builder.Configuration).AddApi();
        var host = builder.Build();
        host.UseProblemResponses();
        host.UseRouting();
        host.UseAuthentication();
        host.UseAuthorization();
        host.MapGet("/api/who", (Caller caller) => Results.Text($"{caller.Name} {caller.Role} {caller.HomeTenantId?.ToString() ?? "platform"}"));
        host.MapOpenApi().AllowAnonymous();
        await host.StartAsync();
        return host;
    }
}
