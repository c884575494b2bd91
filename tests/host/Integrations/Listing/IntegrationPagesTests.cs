using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Listing;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Integrations.Listing;

/// <summary>Every page against a plain filter of all rows, which are more than a search reads before it turns to the index of words.</summary>
public abstract class IntegrationPagesTests : IAsyncLifetime
{
    private const int Walked = 2000;
    private const int Rows = Walked + 1500;
    private static readonly Guid Tenant = Guid.Parse("0195d000-0000-7000-8000-000000000001");

    private readonly TestDatabase database;
    private List<Integration> all = [];

    protected IntegrationPagesTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        all = await context.Set<Integration>().AsNoTracking().OrderBy(row => row.Id).ToListAsync();
        if (all.Count > 0) return;
        context.AddRange(Enumerable.Range(0, Rows).Select(Row));
        await context.SaveChangesAsync();
        all = await context.Set<Integration>().AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string> Parts => new(
        "late", "LATE", "row 0", "row 34", "7", "-", "--", "é", "ÉCLAIR", "lair 3", "\"", "'", "\\", "%", "_", "日", "日本", "日本語", "x", "x ",
        "zq", "nowhere", "row 0001 mail of", "😀", "😀 ", "e");

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Read_PartOfTheName_IsThatOfAPlainFilter(string part)
    {
        foreach (var facets in Facets()) await CheckAsync(facets with { Q = part }, limit: 20);
    }

    [Theory]
    [InlineData("Row 0007 mail")]
    [InlineData("row 0007 mail")]
    [InlineData("Late 3400 hook")]
    [InlineData("Same")]
    [InlineData("x")]
    [InlineData("nobody's")]
    public async Task Read_Name_IsThatOfAPlainFilter(string name)
    {
        foreach (var facets in Facets()) await CheckAsync(facets with { Name = name }, limit: 20);
        await CheckAsync(new IntegrationQuery { AllTenants = true, Name = name, Q = "a" }, limit: 20);
    }

    [Fact]
    public async Task Read_Filters_AreThoseOfAPlainFilter()
    {
        foreach (var facets in Facets()) await CheckAsync(facets, limit: 199);
    }

    [Fact]
    public async Task Read_Renamed_IsFoundByTheNewNameOnly()
    {
        await using var context = database.CreateContext();
        var row = Row(Rows + 1);
        context.Add(row);
        await context.SaveChangesAsync();
        Assert.Equal(1, await CountAsync($"{Rows + 1}"));

        row.Name = "quite another";
        await context.SaveChangesAsync();
        Assert.Equal((0, 1), (await CountAsync($"{Rows + 1}"), await CountAsync("uite anothe")));

        await context.Set<Integration>().Where(i => i.Id == row.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Status, IntegrationStatus.Error).SetProperty(i => i.HealthStatus, HealthStatus.Error));
        Assert.Equal(1, await CountAsync("uite anothe", IntegrationStatus.Error, HealthStatus.Error));
        Assert.Equal(0, await CountAsync("uite anothe", IntegrationStatus.Active));

        context.Remove(row);
        await context.Set<Integration>().Where(i => i.Id == row.Id).ExecuteDeleteAsync();
        Assert.Equal(0, await CountAsync("uite anothe"));
    }

    private async Task<int> CountAsync(string part, IntegrationStatus? status = null, HealthStatus? health = null) =>
        (await PageAsync(new IntegrationQuery { AllTenants = true, Q = part, Status = status, HealthStatus = health }, 50)).Count;

    private async Task CheckAsync(IntegrationQuery query, int limit)
    {
        var expected = all.Where(row => IsMeant(row, query)).ToList();
        var cursor = expected.Count > 30 ? expected[expected.Count / 2].Id : all[Rows / 3].Id;
        Assert.Equal(expected.Take(limit).Select(row => row.Name), (await PageAsync(query, limit)).Select(row => row.Name));
        Assert.Equal(
            expected.Where(row => string.CompareOrdinal($"{row.Id}", $"{cursor}") > 0).Take(limit).Select(row => row.Id),
            (await PageAsync(query with { Cursor = IntegrationQuery.WriteCursor(cursor) }, limit)).Select(row => row.Id));
    }

    private async Task<List<Integration>> PageAsync(IntegrationQuery query, int limit)
    {
        await using var context = database.CreateContext();
        return await new IntegrationPages(context, query, query.AllTenants ? null : Tenant, Walked).ReadAsync(limit, CancellationToken.None);
    }

    private static bool IsMeant(Integration row, IntegrationQuery query) =>
        (query.AllTenants || row.TenantId == Tenant)
        && (query.IntegrationType ?? row.IntegrationType) == row.IntegrationType
        && (query.Status ?? row.Status) == row.Status
        && (query.IsActive ?? row.IsActive) == row.IsActive
        && (query.HealthStatus ?? row.HealthStatus) == row.HealthStatus
        && (query.Name ?? row.Name) == row.Name
        && row.Name.Contains(query.Q ?? "", StringComparison.InvariantCultureIgnoreCase);

    private static IEnumerable<IntegrationQuery> Facets() =>
        from isAll in new[] { true, false }
        from type in new[] { null, "webhook" }
        from health in new HealthStatus?[] { null, HealthStatus.Error }
        from state in new (IntegrationStatus?, bool?)[] { (null, null), (IntegrationStatus.Error, true), (null, false) }
        select new IntegrationQuery { AllTenants = isAll, IntegrationType = type, HealthStatus = health, Status = state.Item1, IsActive = state.Item2 };

    // Ten of each millisecond, so that many ids begin alike.
    private static Integration Row(int number)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(number / 10);
        var status = (number % 50) switch { 1 => IntegrationStatus.Error, 2 => IntegrationStatus.Configuring, 3 or 4 => IntegrationStatus.Inactive, _ => IntegrationStatus.Active };
        return new Integration
        {
            Id = Guid.CreateVersion7(at),
            TenantId = number % 40 == 1 ? Tenant : number % 97 == 0 ? null : Guid.CreateVersion7(at),
            Name = number switch
            {
                3411 => "x",
                3412 => "--",
                3413 => "日本語 éclair 3413",
                3414 => "C:\\'quoted\" 100% _ 😀",
                _ when number % 300 == 7 && number % 40 != 1 && number % 97 != 0 => "Same",
                _ when number > Walked + 500 => $"Late {number:0000} hook",
                _ => $"Row {number:0000} mail",
            },
            IntegrationType = number > Walked + 500 ? "webhook" : "smtp",
            Status = status,
            IsActive = status is IntegrationStatus.Active or IntegrationStatus.Error,
            HealthStatus = (number % 7) switch { 0 => HealthStatus.Error, 1 => null, _ => HealthStatus.Healthy },
            Config = "{}",
            CreatedAt = at, CreatedBy = "test", UpdatedAt = at, UpdatedBy = "test",
        };
    }
}

public sealed class IntegrationPagesOnSqliteTests(SqliteDatabase database) : IntegrationPagesTests(database), IClassFixture<SqliteDatabase>;

public sealed class IntegrationPagesOnPostgresTests(PostgresDatabase database) : IntegrationPagesTests(database), IClassFixture<PostgresDatabase>;
