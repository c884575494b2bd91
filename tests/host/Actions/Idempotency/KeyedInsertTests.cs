using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

public abstract class KeyedInsertTests
{
    private readonly TestDatabase database;
    private readonly KeyedInsert keys;

    protected KeyedInsertTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
        keys = new KeyedInsert(database.Contexts, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryAddAsync_NewKey_WritesBoth()
    {
        var (claim, row) = (KeyedRows.Claim(), KeyedRows.Running());

        Assert.Null(await keys.TryAddAsync(row, claim, Cancellation));

        await using var context = database.CreateContext();
        var key = await context.Set<IdempotencyKey>().SingleAsync(key => key.Scope == claim.Scope, Cancellation);
        Assert.Equal((row.Id, claim.RequestHash, null), (key.ExecutionId, key.RequestHash, key.Answer));
        Assert.InRange(key.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        var written = await context.Set<Execution>().SingleAsync(execution => execution.Id == row.Id, Cancellation);
        Assert.Equal((ExecutionState.Running, 1, KeyedRows.Node, 1), (written.State, written.Attempts, written.LeasedBy, written.Fence));
    }

    [Fact]
    public async Task TryAddAsync_TakenKey_AnswersTheFirstAndItsStateAndWritesNothing()
    {
        var (claim, first, second) = (KeyedRows.Claim(), KeyedRows.Running(), KeyedRows.Running());
        await keys.TryAddAsync(first, claim, Cancellation);

        Assert.Equal(new EarlierExecution(first.Id, ExecutionState.Running, null), await keys.TryAddAsync(second, claim, Cancellation));
        await SetStateAsync(first.Id, ExecutionState.RetryScheduled);
        Assert.Equal(new EarlierExecution(first.Id, ExecutionState.RetryScheduled, null), await keys.TryAddAsync(second, claim, Cancellation));
        Assert.Equal(new EarlierExecution(first.Id, ExecutionState.RetryScheduled, null), await keys.FindAsync(claim, Cancellation));
        Assert.Equal(0, await CountAsync(second.Id));
    }

    [Fact]
    public async Task TryAddAsync_TakenKeyOfAnotherRequest_IsAConflictAndWritesNothing()
    {
        var (claim, row) = (KeyedRows.Claim(), KeyedRows.Running());
        await keys.TryAddAsync(KeyedRows.Running(), claim, Cancellation);
        var other = claim with { RequestHash = KeyedRows.Claim().RequestHash };

        var refused = await Assert.ThrowsAsync<ProblemException>(() => keys.TryAddAsync(row, other, Cancellation));
        Assert.Equal(ProblemCode.IdempotencyKeyConflict, refused.Code);
        Assert.Equal(ProblemCode.IdempotencyKeyConflict, (await Assert.ThrowsAsync<ProblemException>(() => keys.FindAsync(other, Cancellation))).Code);
        Assert.Equal(0, await CountAsync(row.Id));
    }

    [Fact]
    public async Task TryAddAsync_FiftyAtTheSameTime_WritesOne()
    {
        var claim = KeyedRows.Claim();
        var rows = Enumerable.Range(0, 50).Select(_ => KeyedRows.Running()).ToList();

        var answers = await Task.WhenAll(rows.Select(row => Task.Run(() => keys.TryAddAsync(row, claim, Cancellation))));

        var winner = rows[Array.FindIndex(answers, answer => answer is null)].Id;
        Assert.Equal(49, answers.Count(answer => answer?.Id == winner));
        Assert.Equal(1, await CountAsync([.. rows.Select(row => row.Id)]));
    }

    [Fact]
    public async Task TryAddAsync_KeyOlderThanADay_IsNewAgain()
    {
        var (claim, first, second) = (KeyedRows.Claim(), KeyedRows.Running(), KeyedRows.Running());
        await keys.TryAddAsync(first, claim, Cancellation);
        await SetAgeAsync(claim, TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        Assert.Equal(first.Id, (await keys.TryAddAsync(second, claim, Cancellation))?.Id);
        await SetAgeAsync(claim, TimeSpan.FromHours(24));

        Assert.Null(await keys.TryAddAsync(second, claim with { RequestHash = KeyedRows.Claim().RequestHash }, Cancellation));

        Assert.Equal(2, await CountAsync(first.Id, second.Id)); // the record of the first is not the key's to remove
    }

    [Fact]
    public async Task FindAsync_ExecutionThatIsGone_IsUnknown()
    {
        var (claim, row) = (KeyedRows.Claim(), KeyedRows.Running());
        await keys.TryAddAsync(row, claim, Cancellation);
        await using var context = database.CreateContext();
        await context.Set<Execution>().Where(execution => execution.Id == row.Id).ExecuteDeleteAsync(Cancellation);

        Assert.Equal(new EarlierExecution(row.Id, ExecutionState.Unknown, null), await keys.FindAsync(claim, Cancellation));
    }

    private async Task SetStateAsync(Guid id, ExecutionState state)
    {
        await using var context = database.CreateContext();
        await context.Set<Execution>().Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, state), Cancellation);
    }

    private async Task SetAgeAsync(KeyClaim claim, TimeSpan age)
    {
        await using var context = database.CreateContext();
        var at = await context.NowAsync(TimeProvider.System, Cancellation) - age;
        await context.Set<IdempotencyKey>().Where(key => key.Scope == claim.Scope)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.CreatedAt, at), Cancellation);
    }

    private async Task<int> CountAsync(params Guid[] ids)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().CountAsync(row => ids.Contains(row.Id), Cancellation);
    }
}

public sealed class KeyedInsertOnSqliteTests(SqliteDatabase database) : KeyedInsertTests(database), IClassFixture<SqliteDatabase>;

public sealed class KeyedInsertOnPostgresTests(PostgresDatabase database) : KeyedInsertTests(database), IClassFixture<PostgresDatabase>;
