using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Data.Retention;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

public abstract class OldIdempotencyKeysTests
{
    private readonly TestDatabase database;

    protected OldIdempotencyKeysTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweep_KeysOfMoreThanADay_GoInBatchesWhateverTheOperatorSays()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var now = clock.GetUtcNow();
        await using (var context = database.CreateContext())
        {
            context.AddRange(Enumerable.Range(0, RetentionSweep.Batch + 20).Select(i => Key(now.AddHours(-25).AddSeconds(-i))));
            context.AddRange(Key(now.AddHours(-23)), Key(now));
            await context.SaveChangesAsync(Cancellation);
        }

        var settings = new Dictionary<string, string?> { ["Retention:IdempotencyKeysDays"] = "0" };
        var sweep = new RetentionSweep(
            database.Contexts, [new OldIdempotencyKeys()], new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), clock,
            NullLogger<RetentionSweep>.Instance);
        var sweeping = sweep.RunAsync(Cancellation);
        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(RetentionSweep.ShortestPause);
            return sweeping.IsCompleted;
        });

        await sweeping;
        await using var after = database.CreateContext();
        Assert.Equal(
            [-23, 0], (await after.Set<IdempotencyKey>().Select(key => key.CreatedAt).ToListAsync(Cancellation)).Order().Select(at => (int)Math.Round((at - now).TotalHours)));
    }

    private static IdempotencyKey Key(DateTimeOffset at)
    {
        var claim = KeyedRows.Claim();
        return new() { Scope = claim.Scope, RequestHash = claim.RequestHash, ExecutionId = Guid.CreateVersion7(at), CreatedAt = at };
    }
}

public sealed class OldIdempotencyKeysOnSqliteTests(SqliteDatabase database) : OldIdempotencyKeysTests(database), IClassFixture<SqliteDatabase>;

public sealed class OldIdempotencyKeysOnPostgresTests(PostgresDatabase database) : OldIdempotencyKeysTests(database), IClassFixture<PostgresDatabase>;
