using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Actions;

public abstract class ExecutionRecorderTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private JsonContract input = null!; // made before each test

    protected ExecutionRecorderTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    private protected ExecutionRecorder Recorder { get; private set; } = null!; // started before each test

    public async ValueTask InitializeAsync()
    {
        input = new ProviderContracts().Config(new TestCatalog().Load("smtp", "SMTP"));
        Recorder = new ExecutionRecorder(database.Contexts, TimeProvider.System, NullLogger<ExecutionRecorder>.Instance);
        await Recorder.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Recorder.StopAsync(CancellationToken.None);
        Recorder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task RecordAsync_WrittenAlreadyThoughNobodyWasTold_KeepsBackNobody()
    {
        var first = Record(Guid.CreateVersion7());
        await RecordAsync(first);
        await Eventually.HoldsAsync(async () => await CountAsync(first) == 1);

        // As after a commit whose answer was lost: the batch comes again.
        var others = Enumerable.Range(0, 5).Select(_ => Record(Guid.CreateVersion7())).ToArray();
        await RecordAsync([.. others[..2], Record(first.Execution.Id), .. others[2..]]);

        await Eventually.HoldsAsync(async () => await CountAsync(others) == 5);
        Assert.Equal(1, await CountAsync(first));
    }

    private protected ExecutionRecord Record(Guid id, string? message = null) => new(
        new Execution
        {
            Id = id, IntegrationType = "smtp", Action = "send_email", State = ExecutionState.Succeeded, Caller = "test",
            CreatedAt = DateTimeOffset.UtcNow, ErrorMessage = message,
        },
        input, "{}"u8.ToArray(), null, default);

    private protected async Task RecordAsync(params ExecutionRecord[] records)
    {
        foreach (var record in records) await Recorder.RecordAsync(record, CancellationToken.None);
    }

    private protected async Task<int> CountAsync(params ExecutionRecord[] records)
    {
        var ids = records.Select(record => record.Execution.Id).ToList();
        await using var context = database.CreateContext();
        return await context.Set<Execution>().CountAsync(execution => ids.Contains(execution.Id));
    }
}

public sealed class ExecutionRecorderOnSqliteTests(SqliteDatabase database) : ExecutionRecorderTests(database), IClassFixture<SqliteDatabase>
{
    private readonly SqliteDatabase database = database;

    [Fact]
    public async Task RecordAsync_MoreThanCanWaitForADatabaseThatTakesNone_HoldsNobodyUpAndWritesTheRest()
    {
        const int Fit = 10_000;
        using var disk = new PageLimit(Path.Combine(database.DirectoryPath, "vaka.db"));
        disk.TurnOn();
        var records = Enumerable.Range(0, Fit + 500).Select(_ => Record(Guid.CreateVersion7(), new string('x', 1000))).ToArray();
        await RecordAsync(records).WaitAsync(TimeSpan.FromSeconds(20));

        disk.TurnOff();
        await Eventually.HoldsAsync(async () => await AllAsync() >= Fit);
    }

    private async Task<int> AllAsync()
    {
        await using var context = database.CreateContext();
        return await context.Set<Execution>().CountAsync();
    }
}

public sealed class ExecutionRecorderOnPostgresTests(PostgresDatabase database) : ExecutionRecorderTests(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task RecordAsync_TextThatTheDatabaseDoesNotTake_IsStoredWithoutIt()
    {
        var bad = Record(Guid.CreateVersion7(), "the vendor said \0 and \uD800");
        await RecordAsync(bad);

        await Eventually.HoldsAsync(async () => await CountAsync(bad) == 1);
    }
}
