using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.SignIn;

public abstract class PageSessionsTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ApiKeys keys;
    private readonly PageSessions sessions;

    protected PageSessionsTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        keys = new ApiKeys(database.Contexts, new DeniedAttempts(database.Contexts, clock, NullLogger<DeniedAttempts>.Instance), clock);
        sessions = new PageSessions(database.Contexts, keys, signIn: null!, clock); // whoever came with a key is not asked for a login
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IsOpenAsync_Used_GoesOnUntilTheLongest()
    {
        var principal = await sessions.StartAsync(await KeyAsync(), "link", null, Token);
        for (var passed = TimeSpan.Zero; passed < PageSessions.Longest - PageSessions.IdleLimit; passed += PageSessions.IdleLimit / 2)
        {
            Assert.True(await sessions.IsOpenAsync(principal, Token));
            clock.Advance(PageSessions.IdleLimit / 2);
        }

        for (var i = 0; i < 4; i++)
        {
            clock.Advance(PageSessions.IdleLimit / 2);
            await sessions.IsOpenAsync(principal, Token);
        }

        Assert.False(await sessions.IsOpenAsync(principal, Token));
    }

    [Fact]
    public async Task IsOpenAsync_NotUsed_HasEnded()
    {
        var principal = await sessions.StartAsync(await KeyAsync(), "link", null, Token);
        clock.Advance(PageSessions.IdleLimit);
        Assert.False(await sessions.IsOpenAsync(principal, Token));
    }

    [Fact]
    public async Task EndAsync_EndsThisSessionAndNoOther()
    {
        var key = await KeyAsync();
        var (mine, other) = (await sessions.StartAsync(key, "link", null, Token), await sessions.StartAsync(key, "link", null, Token));
        await sessions.EndAsync(mine, Token);
        Assert.False(await sessions.IsOpenAsync(mine, Token));
        Assert.True(await sessions.IsOpenAsync(other, Token));
    }

    [Fact]
    public async Task IsOpenAsync_KeyRevoked_HasEnded()
    {
        var key = await KeyAsync();
        var principal = await sessions.StartAsync(key, "link", null, Token);
        await keys.RevokeAsync(key.Id, Caller.CommandLine, Token);
        Assert.False(await sessions.IsOpenAsync(principal, Token));
    }

    [Fact]
    public async Task IsOpenAsync_NobodysPrincipal_IsNone() => Assert.False(await sessions.IsOpenAsync(new(), Token));

    private async Task<ApiKey> KeyAsync() =>
        (await keys.CreateAsync(new NewApiKey("test", CallerRole.Admin, null), Caller.CommandLine, Token)).Key;
}

public sealed class PageSessionsOnSqliteTests(SqliteDatabase database) : PageSessionsTests(database), IClassFixture<SqliteDatabase>;

public sealed class PageSessionsOnPostgresTests(PostgresDatabase database) : PageSessionsTests(database), IClassFixture<PostgresDatabase>;
