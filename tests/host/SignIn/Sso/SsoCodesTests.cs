using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.SignIn.Sso;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso;

/// <summary>On the embedded database, whose clock the test holds; on both, over HTTP, the end-to-end tests.</summary>
public sealed class SsoCodesTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>
{
    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
    private static readonly Guid Tenant = Guid.NewGuid();
    private static readonly SignedIn Alice = new(Guid.NewGuid(), "issuer", "alice", [], new JsonObject { ["mail"] = "canary" }, Guid.NewGuid(), new LoginSession());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RedeemAsync_WithinItsTime_SaysWho()
    {
        await using var host = await StoreHost.StartAsync(database);
        var codes = Codes(host);
        var code = await codes.CreateAsync(Alice, Tenant, Challenge, Token);
        host.Time.Advance(SsoCodes.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal("alice", (await codes.RedeemAsync(code, Verifier, Caller(Tenant), Token)).Subject);
    }

    [Fact]
    public async Task RedeemAsync_AfterItsTime_IsRefused()
    {
        await using var host = await StoreHost.StartAsync(database);
        var codes = Codes(host);
        var code = await codes.CreateAsync(Alice, Tenant, Challenge, Token);
        host.Time.Advance(SsoCodes.Lifetime);
        await Assert.ThrowsAsync<ProblemException>(() => codes.RedeemAsync(code, Verifier, Caller(Tenant), Token));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task RedeemAsync_ByAnotherOrWithAnother_IsRefusedAndSpent(bool isItsTenant, bool isItsVerifier)
    {
        await using var host = await StoreHost.StartAsync(database);
        var codes = Codes(host);
        var code = await codes.CreateAsync(Alice, Tenant, Challenge, Token);
        await Assert.ThrowsAsync<ProblemException>(() => codes.RedeemAsync(
            code, isItsVerifier ? Verifier : new string('w', 43), Caller(isItsTenant ? Tenant : null), Token));
        await Assert.ThrowsAsync<ProblemException>(() => codes.RedeemAsync(code, Verifier, Caller(Tenant), Token));
    }

    [Fact]
    public async Task CreateAsync_WhatIsStored_TellsNeitherTheCodeNorThePerson()
    {
        await using var host = await StoreHost.StartAsync(database);
        await using var context = database.CreateContext();
        var before = context.Set<OneTimeToken>().Select(token => token.Key).ToHashSet();
        var code = await Codes(host).CreateAsync(Alice, Tenant, Challenge, Token);
        var stored = context.Set<OneTimeToken>().AsEnumerable().Single(token => !before.Contains(token.Key));
        Assert.StartsWith("sso-code:", stored.Key);
        Assert.DoesNotContain(code, stored.Key + stored.Value);
        Assert.DoesNotContain("canary", stored.Value);
        Assert.DoesNotContain("alice", stored.Value);
    }

    private SsoCodes Codes(StoreHost host) => new(new OneTimeTokens(database.Contexts, host.Time), host.Get<KeyRing>());

    private static Caller Caller(Guid? tenant) => new() { Name = "key:x", Role = CallerRole.Service, HomeTenantId = tenant, TenantId = tenant };
}
