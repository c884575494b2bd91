using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Access;

public abstract class ApiKeysTests : IAsyncLifetime
{
    private static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestDatabase database;
    private readonly DeniedAttempts refused;
    private readonly ApiKeys keys;

    protected ApiKeysTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
        refused = new DeniedAttempts(database.Contexts, clock, NullLogger<DeniedAttempts>.Instance);
        keys = new ApiKeys(database.Contexts, refused, clock);
    }

    public async ValueTask InitializeAsync() => await refused.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await refused.StopAsync(CancellationToken.None);
        refused.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task FindAsync_GoodKey_IsFoundAndNothingIsNoted()
    {
        var (key, text) = await MakeAsync();
        Assert.Equal(key.Id, (await FindAsync(text))?.Id);
        Assert.Empty(await RefusalsAsync(key));
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("wrong_secret")]
    public async Task FindAsync_KeyThatExistsAndIsRefused_IsAuditedOnceAMinute(string reason)
    {
        var (key, text) = await MakeAsync();
        switch (reason)
        {
            case "revoked":
                await keys.RevokeAsync(key.Id, Caller.CommandLine with { TenantId = key.TenantId }, TestContext.Current.CancellationToken);
                break;
            case "expired":
                clock.Advance(TimeSpan.FromHours(1));
                break;
            default:
                text = text[..^8] + "AAAAAAAA";
                break;
        }

        for (var i = 0; i < 5; i++) Assert.Null(await FindAsync(text));
        await Eventually.HoldsAsync(async () => (await RefusalsAsync(key)).Count == 1);
        clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++) Assert.Null(await FindAsync(text));
        await Eventually.HoldsAsync(async () => (await RefusalsAsync(key)).Count == 2);

        var noted = (await RefusalsAsync(key))[0];
        Assert.Equal(key.TenantId, noted.TenantId);
        Assert.Equal("address:192.0.2.7", noted.Actor);
        Assert.Contains($"\"{reason}\"", noted.Details);
        Assert.DoesNotContain(text[^43..], noted.Details);
    }

    [Fact]
    public async Task FindAsync_KeysThatWereNeverMade_AreToldOnce()
    {
        var before = await CountAsync();
        Assert.Null(await FindAsync(ApiKeyToken.New().Reveal()));
        Assert.Null(await FindAsync("nonsense"));
        var (key, text) = await MakeAsync();
        Assert.Null(await FindAsync(text[..^8] + "AAAAAAAA"));

        // Written in their order: once this one is there, nothing is on its way any more.
        await Eventually.HoldsAsync(async () => (await RefusalsAsync(key)).Count == 1);
        Assert.Equal(before + 3, await CountAsync()); // made, refused, and one for both that were never made
    }

    private Task<(ApiKey Key, string Text)> MakeAsync() => keys.CreateAsync(
        new NewApiKey("test", CallerRole.Service, Guid.NewGuid(), clock.GetUtcNow().AddHours(1)), Caller.CommandLine, TestContext.Current.CancellationToken);

    private ValueTask<ApiKey?> FindAsync(string text) => keys.FindAsync(text.AsMemory(), Stranger, TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<AuditEvent>> RefusalsAsync(ApiKey key)
    {
        await using var context = database.CreateContext();
        return await context.Set<AuditEvent>().Where(e => e.Action == "api_key.refused" && e.Subject == key.Id.ToString()).ToListAsync();
    }

    private async Task<int> CountAsync()
    {
        await using var context = database.CreateContext();
        return await context.Set<AuditEvent>().CountAsync();
    }
}

public sealed class ApiKeysOnSqliteTests(SqliteDatabase database) : ApiKeysTests(database), IClassFixture<SqliteDatabase>;

public sealed class ApiKeysOnPostgresTests(PostgresDatabase database) : ApiKeysTests(database), IClassFixture<PostgresDatabase>;
