using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations;

namespace Vaka.Plugins.Host.Tests.Access;

/// <summary>What the audit is told of those who are turned away, and how much of it. Keys are with <see cref="ApiKeysTests"/>.</summary>
public abstract class DeniedAttemptsTests : IAsyncLifetime
{
    private const string Last = "last";

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestDatabase database;
    private readonly DeniedAttempts denied;

    protected DeniedAttemptsTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
        denied = new DeniedAttempts(database.Contexts, clock, NullLogger<DeniedAttempts>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        await context.Set<AuditEvent>().ExecuteDeleteAsync();
        await denied.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await denied.StopAsync(CancellationToken.None);
        denied.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task NoteAccess_SaysWhoWantedWhatAndStaysWithTheCallersTenant()
    {
        var (home, named) = (Guid.NewGuid(), Guid.NewGuid());
        denied.NoteAccess(Caller("key:1", home), "DELETE", "/api/v1/integrations/{id:guid}", named);

        var note = Assert.Single(await EventsAsync());
        Assert.Equal((home, "key:1", "access.denied", "DELETE /api/v1/integrations/{id:guid}"), (note.TenantId, note.Actor, note.Action, note.Subject));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$"""{"method":"DELETE","route":"/api/v1/integrations/{id:guid}","named_tenant":"{{named}}"}"""), JsonNode.Parse(note.Details!)));
    }

    [Fact]
    public async Task NoteAccess_TheSameAgain_IsToldOnceAMinute()
    {
        var (one, other) = (Caller("key:1", null), Caller("jwt:alice", null));
        for (var i = 0; i < 100; i++)
        {
            denied.NoteAccess(one, "POST", "/a", Guid.NewGuid());
            denied.NoteAccess(one, "POST", "/b", null);
            denied.NoteAccess(other, "POST", "/a", null);
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        denied.NoteAccess(one, "POST", "/a", null);

        Assert.Equal(["jwt:alice POST /a", "key:1 POST /a", "key:1 POST /a", "key:1 POST /b"], (await EventsAsync()).Select(e => $"{e.Actor} {e.Subject}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Strangers_FromHoweverManyAddresses_FillNothing()
    {
        for (var i = 0; i < 5_000; i++)
        {
            denied.NoteToken(i % 2 == 0 ? "expired" : "signature", new IPAddress([10, 0, (byte)(i / 256), (byte)i]));
            denied.NoteSignIn("link", IPAddress.Parse($"2001:db8:0:{i:x}::1"));
        }

        Assert.Equal(DeniedAttempts.StrangersPerMinute, (await EventsAsync()).Count);
        clock.Advance(TimeSpan.FromMinutes(1));
        denied.NoteToken("expired", IPAddress.Loopback);
        Assert.Equal(DeniedAttempts.StrangersPerMinute + 1, (await EventsAsync()).Count);
    }

    [Fact]
    public async Task AStranger_OfOneAddress_IsToldOnceForEachReason()
    {
        for (var i = 0; i < 50; i++)
        {
            foreach (var reason in new[] { "expired", "signature" }) denied.NoteToken(reason, IPAddress.Parse($"2001:db8::{i:x}"));
        }

        var notes = await EventsAsync();
        Assert.All(notes, note => Assert.Equal((null, "token.refused", "token", "address:2001:db8::"), (note.TenantId, note.Action, note.Subject, note.Actor)));
        Assert.Equal(["expired", "signature"], notes.Select(note => JsonNode.Parse(note.Details!)!["reason"]!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task NoteUnknownKey_TellsFromWhereAndNothingOfTheKey()
    {
        for (var i = 0; i < 50; i++) denied.NoteUnknownKey(IPAddress.Loopback);
        var note = Assert.Single(await EventsAsync());
        Assert.Equal((null, "api_key.refused", "unknown", "address:127.0.0.1"), (note.TenantId, note.Action, note.Subject, note.Actor));
    }

    private static ClaimsPrincipal Caller(string name, Guid? home) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), .. home is { } tenant ? [new Claim("tenant_id", tenant.ToString())] : Array.Empty<Claim>()]));

    /// <summary>They are written in order, behind the caller's back: a last one says that all before it are there.</summary>
    private async Task<IReadOnlyList<AuditEvent>> EventsAsync()
    {
        var last = $"{Last}:{Guid.NewGuid()}";
        denied.NoteAccess(Caller(last, null), "GET", "/", null);
        List<AuditEvent> events = [];
        await Eventually.HoldsAsync(async () =>
        {
            await using var context = database.CreateContext();
            events = await context.Set<AuditEvent>().AsNoTracking().ToListAsync();
            return events.Any(e => e.Actor == last);
        });
        return [.. events.Where(e => !e.Actor.StartsWith(Last, StringComparison.Ordinal))];
    }
}

public sealed class DeniedAttemptsOnSqliteTests(SqliteDatabase database) : DeniedAttemptsTests(database), IClassFixture<SqliteDatabase>;

public sealed class DeniedAttemptsOnPostgresTests(PostgresDatabase database) : DeniedAttemptsTests(database), IClassFixture<PostgresDatabase>;
