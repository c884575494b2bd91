using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.SignIn.Sso;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso;

public sealed class SsoSealTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly LogoutRequest Value = new(Guid.NewGuid(), "https://app.example.com/");

    [Fact]
    public async Task Open_WhatWasSealed_IsTheSameUntilItExpires()
    {
        await using var host = await StoreHost.StartAsync(database);
        var seal = new SsoSeal(host.Get<KeyRing>(), host.Time);
        var id = Guid.NewGuid();
        var text = seal.Seal(Value, "use", id, Lifetime);
        Assert.Equal(Value, seal.Open<LogoutRequest>(text, "use", id));
        host.Time.Advance(Lifetime);
        Assert.Null(seal.Open<LogoutRequest>(text, "use", id));
    }

    [Fact]
    public async Task Open_AnythingElse_IsNothing()
    {
        await using var host = await StoreHost.StartAsync(database);
        var seal = new SsoSeal(host.Get<KeyRing>(), host.Time);
        var id = Guid.NewGuid();
        var text = seal.Seal(Value, "use", id, Lifetime);
        Assert.Null(seal.Open<LogoutRequest>(text, "other use", id));
        Assert.Null(seal.Open<LogoutRequest>(text, "use", Guid.NewGuid()));
        Assert.Null(seal.Open<LogoutRequest>(text[..^4] + "AAAA", "use", id));
        Assert.Null(seal.Open<LogoutRequest>(text + new string('A', 10_000), "use", id));
        foreach (var garbage in new[] { null, "", "garbage", "CfDJ8" + new string('A', 100), "ä", "\0" }) Assert.Null(seal.Open<LogoutRequest>(garbage, "use", id));
    }
}
