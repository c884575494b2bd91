using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Tests.Data;

public abstract class BulkInsertTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 45, 678, TimeSpan.FromHours(3));

    private readonly TestDatabase database;

    protected BulkInsertTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    [Fact]
    public async Task WriteAsync_FullAndEmptyColumns_ReadBackAsTheyWere()
    {
        var full = new Execution
        {
            Id = Guid.CreateVersion7(),
            TenantId = Guid.NewGuid(),
            IntegrationId = Guid.NewGuid(),
            IntegrationType = "smtp",
            Action = "send_email",
            State = ExecutionState.RetryScheduled,
            Caller = "Jürgen",
            Input = """{"text":"Müller \" 😀"}""",
            Output = "[]",
            ErrorCode = "provider_failed",
            ErrorMessage = "Não",
            FailureKind = FailureKind.RateLimited,
            CreatedAt = Time,
            FinishedAt = Time.AddSeconds(1),
            DurationMs = 7,
        };
        var empty = Row();

        await WriteAsync(full, empty);

        Assert.Equivalent(full, await ReadAsync(full.Id), strict: true);
        Assert.Equivalent(empty, await ReadAsync(empty.Id), strict: true);
    }

    [Fact]
    public async Task WriteAsync_EmptyAndLongText_ReadBackAsTheyWere()
    {
        var (without, with) = (Row(), Row());
        without.Output = "";
        with.Output = new string('ü', 100_000);

        await WriteAsync(without, with);

        Assert.Equal("", (await ReadAsync(without.Id))?.Output);
        Assert.Equal(with.Output, (await ReadAsync(with.Id))?.Output);
    }

    [Fact]
    public async Task WriteAsync_SameBatchAgain_KeepsWhatIsThereAndAddsTheRest()
    {
        var (first, second) = (Row(), Row());
        await WriteAsync(first);
        var altered = Row(first.Id);
        altered.Output = "other";

        await WriteAsync(altered, second);

        Assert.Null((await ReadAsync(first.Id))?.Output);
        Assert.NotNull(await ReadAsync(second.Id));
    }

    [Fact]
    public async Task WriteAsync_OneRowIsRefused_WritesNone()
    {
        var (good, bad) = (Row(), new Execution
        {
            Id = Guid.CreateVersion7(), IntegrationType = null!, Action = "act", State = ExecutionState.Dead, Caller = "test", CreatedAt = Time,
        });

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => WriteAsync(good, bad));

        Assert.Null(await ReadAsync(good.Id));
    }

    [Fact]
    public async Task WriteAsync_Thousands_AreAllThere()
    {
        var rows = Enumerable.Range(0, 3_000).Select(_ => Row()).ToArray();

        await WriteAsync(rows);

        await using var context = database.CreateContext();
        var ids = rows.Select(row => row.Id).ToHashSet();
        Assert.Equal(rows.Length, (await context.Set<Execution>().Select(row => row.Id).ToListAsync()).Count(ids.Contains));
    }

    private static Execution Row(Guid? id = null) => new()
    {
        Id = id ?? Guid.CreateVersion7(),
        IntegrationType = "webhook",
        Action = "push_data",
        State = ExecutionState.Succeeded,
        Caller = "key test",
        CreatedAt = Time.ToUniversalTime(),
    };

    private async Task WriteAsync(params Execution[] rows)
    {
        await using var context = database.CreateContext();
        await BulkInsert<Execution>.WriteAsync(context, rows, null, CancellationToken.None);
    }

    private async Task<Execution?> ReadAsync(Guid id)
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id);
    }
}

public sealed class BulkInsertOnSqliteTests(SqliteDatabase database) : BulkInsertTests(database), IClassFixture<SqliteDatabase>;

public sealed class BulkInsertOnPostgresTests(PostgresDatabase database) : BulkInsertTests(database), IClassFixture<PostgresDatabase>;
