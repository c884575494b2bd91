using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests;

/// <summary>Somebody sets the clock of the machine: nothing that should end lasts, and nothing that should last ends, for longer than the
/// clock is wrong.</summary>
public abstract class ClockJumpTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly JumpingClock clock = new();
    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private readonly FakeRows rows = new();
    private Rooms rooms = null!; // opened before each test

    protected ClockJumpTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database, services => services
        .Replace(ServiceDescriptor.Singleton<TimeProvider>(clock))
        .Replace(ServiceDescriptor.Singleton<IIntegrationRows>(rows)));

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task RevokedElsewhere_KeyIsOutOfUseWithinASecond(int days)
    {
        var (here, there) = (Keys(), Keys());
        var (key, text) = await MakeAsync(here, null);
        Assert.NotNull(await FindAsync(here, text));
        await there.RevokeAsync(key.Id, Caller.CommandLine with { TenantId = tenant }, CancellationToken.None);

        clock.Jump(days * Day);
        clock.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Null(await FindAsync(here, text));
    }

    [Fact]
    public async Task ClockIsAheadForAWhile_KeyThatSeemedExpiredWorksAgain()
    {
        var keys = Keys();
        var (_, text) = await MakeAsync(keys, clock.GetUtcNow().AddHours(1));

        clock.Jump(Day);
        Assert.Null(await FindAsync(keys, text));
        clock.Jump(-Day);
        Assert.NotNull(await FindAsync(keys, text));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await FindAsync(keys, text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task OneTimeToken_ClockIsWrongForAWhile_CountsOnceAndRunsOut(int days)
    {
        var store = rooms.Get<OneTimeTokens>().For(Guid.NewGuid());
        Assert.True(await store.TryAddAsync("before", "1", TimeSpan.FromMinutes(30), CancellationToken.None));
        clock.Jump(days * Day);
        Assert.True(await store.TryAddAsync("meanwhile", "2", TimeSpan.FromMinutes(30), CancellationToken.None));
        Assert.False(await store.TryAddAsync("meanwhile", "3", TimeSpan.FromMinutes(30), CancellationToken.None));
        Assert.Equal("2", await store.TakeAsync("meanwhile", CancellationToken.None));
        Assert.Null(await store.TakeAsync("meanwhile", CancellationToken.None));
        clock.Jump(-days * Day);

        Assert.Equal("1", await store.TakeAsync("before", CancellationToken.None));
        Assert.Null(await store.TakeAsync("before", CancellationToken.None));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void FailedAttempts_ClockIsSet_AreForgottenAfterAMinuteOfRealTime(int days)
    {
        var attempts = new FailedAttempts(Options.Create(new AccessOptions { FailedAttemptsPerMinute = 1 }), clock);
        attempts.Add(IPAddress.Loopback);

        clock.Jump(days * Day);
        Assert.InRange(attempts.Add(IPAddress.Loopback)?.RetryAfter ?? TimeSpan.Zero, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(attempts.Add(IPAddress.Loopback));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Resolution_ClockIsSet_IsNeitherForgottenNorTrustedForLonger(int days)
    {
        rows.Rows = [rooms.Row(tenant, "Old")];
        await rooms.ResolveNameAsync(tenant);
        rows.Rows = [rooms.Row(tenant, "New")];

        clock.Jump(days * Day);
        Assert.Equal("Old", await rooms.ResolveNameAsync(tenant));
        Assert.Equal(1, rows.Reads);
        clock.Advance(ResolutionCache.TrustSpan + TimeSpan.FromMilliseconds(1));
        Assert.Equal("New", await rooms.ResolveNameAsync(tenant));
    }

    private ApiKeys Keys() => new(database.Contexts, new DeniedAttempts(database.Contexts, clock, NullLogger<DeniedAttempts>.Instance), clock);

    private Task<(ApiKey Key, string Text)> MakeAsync(ApiKeys keys, DateTimeOffset? expiresAt) => keys.CreateAsync(
        new NewApiKey("test", CallerRole.Service, tenant, expiresAt), Caller.CommandLine, CancellationToken.None);

    private static ValueTask<ApiKey?> FindAsync(ApiKeys keys, string text) => keys.FindAsync(text.AsMemory(), IPAddress.Loopback, CancellationToken.None);
}

public sealed class ClockJumpOnSqliteTests(SqliteDatabase database) : ClockJumpTests(database), IClassFixture<SqliteDatabase>;

public sealed class ClockJumpOnPostgresTests(PostgresDatabase database) : ClockJumpTests(database), IClassFixture<PostgresDatabase>;
