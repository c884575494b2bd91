using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Access;

/// <summary>Who was shown configuration; merging and writing touch no database of their own kind, so that one is enough.</summary>
public sealed class RevealedReadsTests : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SqliteDatabase database;
    private readonly RevealedReads reads;

    public RevealedReadsTests(SqliteDatabase database)
    {
        this.database = database;
        reads = new RevealedReads(database.Contexts, clock, NullLogger<RevealedReads>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        await context.Set<AuditEvent>().ExecuteDeleteAsync();
        await reads.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await reads.StopAsync(CancellationToken.None);
        reads.Dispose();
    }

    [Fact]
    public async Task Note_TheSameWithinAMinute_IsToldOnce()
    {
        for (var i = 0; i < 100; i++) reads.Note(Caller("key:1", null), "integration.read", "a");
        reads.Note(Caller("key:1", null), "integration.read", "b");
        reads.Note(Caller("key:2", null), "integration.read", "a");
        clock.Advance(TimeSpan.FromMinutes(1));
        reads.Note(Caller("key:1", null), "integration.read", "a");
        Assert.Equal(["key:1 a", "key:1 a", "key:1 b", "key:2 a"], await EventsAsync(4));
    }

    [Fact]
    public async Task Note_ByAPlatformAdminForATenant_IsWithThatTenant()
    {
        var tenant = Guid.NewGuid();
        reads.Note(Caller("key:1", tenant), "integrations.listed", "integrations");
        reads.Note(Caller("key:1", null), "integrations.listed", "integrations");
        await EventsAsync(2);
        await using var context = database.CreateContext();
        Assert.Equal(1, await context.Set<AuditEvent>().CountAsync(e => e.TenantId == tenant));
    }

    private static Caller Caller(string name, Guid? tenant) => new() { Name = name, Role = CallerRole.Admin, TenantId = tenant };

    private async Task<IReadOnlyList<string>> EventsAsync(int count)
    {
        List<AuditEvent> events = [];
        await Eventually.HoldsAsync(async () =>
        {
            await using var context = database.CreateContext();
            events = await context.Set<AuditEvent>().AsNoTracking().ToListAsync();
            return events.Count >= count;
        });
        return [.. events.Select(e => $"{e.Actor} {e.Subject}").Order(StringComparer.Ordinal)];
    }
}
