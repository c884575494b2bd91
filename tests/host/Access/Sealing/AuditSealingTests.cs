using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Access.Sealing;

/// <summary>The chain of seals: what is done to the audit behind the host's back is found and named.</summary>
public abstract class AuditSealingTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TestDatabase database;
    private readonly TestAuditKey key = new();
    private readonly Guid tenant = Guid.NewGuid();

    protected AuditSealingTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var context = database.CreateContext();
        await context.Set<AuditEvent>().ExecuteDeleteAsync();
        await context.Set<AuditSeal>().ExecuteDeleteAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunAsync_NothingWasDone_IsIntact()
    {
        await AddSealsAsync(3, of: 4);
        await AddAsync(Event("not yet"));
        var found = await VerifyAsync();
        Assert.True(found.Intact, string.Join('\n', found.Findings));
        Assert.Equal((3, 12, 1, null, 3), (found.Seals, found.Events, found.Unsealed, found.Checkpoint, found.Last?.Number));
    }

    [Fact]
    public async Task RunAsync_AnEmptyAudit_IsIntact() => Assert.True((await VerifyAsync()).Intact);

    [Theory]
    [InlineData("actor = 'nobody'")]
    [InlineData("action = 'integration.read'")]
    [InlineData("subject = 'another'")]
    [InlineData("from_revision = 7")]
    [InlineData("to_revision = NULL")]
    [InlineData("details = '{\"changed\":[]}'")]
    [InlineData("details = NULL")]
    [InlineData("tenant_id = NULL")]
    [InlineData("at = '2020-01-01T00:00:00.000000Z'")]
    public async Task RunAsync_AnEventThatWasChanged_IsNamed(string change)
    {
        var events = await AddSealsAsync(3, of: 3);
        await SqlAsync($"UPDATE audit_events SET {change} WHERE id = '{events[4].Id}'");
        Assert.Equal([(AuditFindingKind.EventChanged, 2L, events[4].Id)], await FindAsync());
    }

    [Fact]
    public async Task RunAsync_AnEventThatWasRemovedOrAdded_IsNamed()
    {
        var events = await AddSealsAsync(3, of: 3);
        var added = Event("added");
        await SqlAsync($"DELETE FROM audit_events WHERE id = '{events[0].Id}'");
        await AddAsync(added);
        await SqlAsync($"UPDATE audit_events SET seal = 3 WHERE id = '{added.Id}'");
        Assert.Equal([(AuditFindingKind.EventRemoved, 1L, events[0].Id), (AuditFindingKind.EventInserted, 3L, added.Id)], await FindAsync());
    }

    [Fact]
    public async Task RunAsync_EventsThatChangedPlaces_AreNamed()
    {
        var events = await AddSealsAsync(2, of: 2);
        await SqlAsync($"UPDATE audit_events SET seal = 2 WHERE id = '{events[0].Id}'", $"UPDATE audit_events SET seal = NULL WHERE id = '{events[3].Id}'");
        Assert.Equal(
            [(AuditFindingKind.EventRemoved, 1L, events[0].Id), (AuditFindingKind.EventInserted, 2L, events[0].Id), (AuditFindingKind.EventRemoved, 2L, events[3].Id)],
            await FindAsync());

        await SqlAsync($"UPDATE audit_events SET seal = 9 WHERE id = '{events[1].Id}'");
        Assert.Contains((AuditFindingKind.EventInserted, 9L, events[1].Id), await FindAsync());
    }

    [Theory]
    [InlineData(1, "DELETE FROM audit_seals WHERE number = 1")]
    [InlineData(2, "DELETE FROM audit_seals WHERE number = 2")]
    public async Task RunAsync_ASealThatWasRemoved_IsFound(long number, string sql)
    {
        await AddSealsAsync(3, of: 2);
        await SqlAsync(sql, $"DELETE FROM audit_events WHERE seal = {number}");
        Assert.Equal([(AuditFindingKind.SealRemoved, number, null)], await FindAsync());
    }

    [Fact]
    public async Task RunAsync_TheEndThatWasCutOff_IsFoundByWhoKeptASeal()
    {
        await AddSealsAsync(3, of: 2);
        var kept = (await VerifyAsync()).Last;
        await SqlAsync("DELETE FROM audit_seals WHERE number = 3", "DELETE FROM audit_events WHERE seal = 3");
        Assert.True((await VerifyAsync()).Intact);
        Assert.Equal((AuditFindingKind.SealRemoved, 3L), Assert.Single((await VerifyAsync(kept)).Findings.Select(finding => (finding.Kind, finding.Seal))));

        // Something else stands there by now.
        await AddSealsAsync(1, of: 2);
        Assert.Contains((await VerifyAsync(kept)).Findings, finding => finding is { Kind: AuditFindingKind.SealChanged, Seal: 3 });
    }

    [Fact]
    public async Task RunAsync_AChainThatWasMadeAnewWithoutTheKey_IsFound()
    {
        var events = await AddSealsAsync(2, of: 2);
        await SqlAsync($"UPDATE audit_events SET actor = 'nobody' WHERE id = '{events[0].Id}'", "UPDATE audit_events SET seal = NULL", "DELETE FROM audit_seals");
        await SealAsync(most: 2, with: new TestAuditKey("a guess"));
        Assert.Equal([(AuditFindingKind.SealChanged, 1L, null), (AuditFindingKind.SealChanged, 2L, null)], await FindAsync());
    }

    [Fact]
    public async Task RunAsync_APruningThatWasNotTheHosts_IsFound()
    {
        await AddSealsAsync(2, of: 2);
        await SqlAsync("UPDATE audit_seals SET checkpoint = mac WHERE number = 1", "DELETE FROM audit_events WHERE seal = 1");
        Assert.Contains((AuditFindingKind.SealChanged, 1L, null), await FindAsync());
    }

    [Fact]
    public async Task Pruning_LeavesACheckpointFromWhichTheRestIsVerified()
    {
        await AddSealsAsync(4, of: 3, first: Now.AddDays(-400), step: TimeSpan.FromDays(100)); // 400, 300, 200, 100 days ago
        await PruneAsync(Now.AddDays(-250));
        var found = await VerifyAsync();
        Assert.True(found.Intact, string.Join('\n', found.Findings));
        Assert.Equal((3, 6, 2), (found.Seals, found.Events, found.Checkpoint));

        // The checkpoint is part of the chain.
        await SqlAsync("DELETE FROM audit_seals WHERE number = 2");
        Assert.Equal([(AuditFindingKind.SealRemoved, 2L, null)], await FindAsync());
    }

    [Fact]
    public async Task Pruning_BrokenOffWithinASeal_IsNoFindingAndGoesOn()
    {
        var events = await AddSealsAsync(2, of: 4, first: Now.AddDays(-400), step: TimeSpan.FromDays(300));
        await PruneAsync([events[0].Id, events[2].Id]);
        Assert.True((await VerifyAsync()).Intact);
        await PruneAsync(Now.AddDays(-250));
        var found = await VerifyAsync();
        Assert.True(found.Intact);
        Assert.Equal((2, 4, 1), (found.Seals, found.Events, found.Checkpoint));
    }

    [Fact]
    public async Task Pruning_WhatIsNotSealedOrSharesASealWithWhatIsNew_Stays()
    {
        await AddAsync(Event("old", Now.AddDays(-400)), Event("new"));
        await SealAsync(most: 2);
        await AddAsync(Event("old, not sealed", Now.AddDays(-400)));
        await PruneAsync(Now.AddDays(-250));
        await using var context = database.CreateContext();
        Assert.Equal(3, await context.Set<AuditEvent>().CountAsync(Cancellation));
    }

    [Fact]
    public async Task Pruning_EverythingAndSealingOn_GoesOnWithTheChain()
    {
        await AddSealsAsync(3, of: 2, first: Now.AddDays(-400), step: TimeSpan.FromDays(1));
        await PruneAsync(Now);
        await AddSealsAsync(1, of: 2);
        var found = await VerifyAsync();
        Assert.True(found.Intact, string.Join('\n', found.Findings));
        Assert.Equal((2, 2, 3, 4), (found.Seals, found.Events, found.Checkpoint, found.Last?.Number));
    }

    [Fact]
    public async Task SealAsync_ByTwoNodesAtOnce_SealsEveryEventOnce()
    {
        await AddAsync([.. Enumerable.Range(0, 200).Select(i => Event($"{i}"))]);
        var nodes = Enumerable.Range(0, 2).Select(_ => new AuditSealing(database.Contexts, key, TimeProvider.System, most: 7)).ToList();
        await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
        {
            // Nothing sealed may mean that the other one is at it.
            while (await UnsealedAsync() > 0) await node.SealAsync(Cancellation);
        })));
        var found = await VerifyAsync();
        Assert.True(found.Intact, string.Join('\n', found.Findings));
        Assert.Equal((200, 0), (found.Events, found.Unsealed));
    }

    [Fact]
    public async Task SealAsync_ANodeThatDiedBeforeItsCommit_LeavesNothingBehind()
    {
        await AddAsync(Event("a"), Event("b"));
        await using (var died = database.CreateContext())
        {
            await using var transaction = await died.Database.BeginTransactionAsync(Cancellation);
            await died.Set<AuditEvent>().ExecuteUpdateAsync(set => set.SetProperty(e => e.Seal, 1L), Cancellation);
        }

        await SealAsync(most: 10);
        Assert.True((await VerifyAsync()).Intact);
    }

    [Fact]
    public async Task SealAsync_AnEventCommittedLateWithAnOlderId_GoesIntoALaterSeal()
    {
        var late = Event("late", Now.AddMinutes(-5));
        await AddSealsAsync(1, of: 2);
        await AddAsync(late);
        await SealAsync(most: 10);
        var found = await VerifyAsync();
        Assert.True(found.Intact, string.Join('\n', found.Findings));
        Assert.Equal((2, 3), (found.Seals, found.Events));
    }

    [Fact]
    public async Task Export_LinesOfOneScope_CarrySealAndHash()
    {
        await AddSealsAsync(1, of: 2);
        await AddAsync(Event("of the platform", of: null), Event("not yet", Now.AddMinutes(10)));
        using var output = new MemoryStream();
        await new AuditExport(database.Contexts).WriteAsync(
            new AuditPeriod(null, null), new Caller { Name = "test", Role = CallerRole.Admin, TenantId = tenant }, output, Cancellation);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Equal([1, 1, null], lines.Select(line => (long?)line["seal"]));
        Assert.All(lines, line => Assert.Equal(64, ((string?)line["hash"])?.Length));
        Assert.Equal("config.url", (string?)lines[0]["details"]?["changed"]?[0]);
        Assert.Equal($"{tenant}", (string?)lines[0]["tenant_id"]);
    }

    private AuditEvent Event(string subject, DateTimeOffset? at = null) => Event(subject, tenant, at);

    private static AuditEvent Event(string subject, Guid? of, DateTimeOffset? at = null) => new()
    {
        Id = Guid.CreateVersion7(at ?? Now), At = at ?? Now, TenantId = of, Actor = "key:x", Action = "integration.updated", Subject = subject,
        FromRevision = 1, ToRevision = 2, Details = """{"name":"Hook","changed":["config.url"],"count":1}""",
    };

    private async Task<IReadOnlyList<AuditEvent>> AddSealsAsync(int seals, int of, DateTimeOffset? first = null, TimeSpan step = default)
    {
        var all = new List<AuditEvent>();
        for (var i = 0; i < seals; i++)
        {
            var at = (first ?? Now.AddMinutes(i)) + (i * step);
            var events = Enumerable.Range(0, of).Select(j => Event($"{i}.{j}", at.AddSeconds(j))).ToArray();
            await AddAsync(events);
            await SealAsync(most: of);
            all.AddRange(events);
        }

        return all;
    }

    private async Task AddAsync(params AuditEvent[] events)
    {
        await using var context = database.CreateContext();
        context.AddRange(events);
        await context.SaveChangesAsync(Cancellation);
    }

    private async Task SealAsync(int most, IAuditKey? with = null)
    {
        var sealing = new AuditSealing(database.Contexts, with ?? key, TimeProvider.System, most);
        while (await sealing.SealAsync(Cancellation) == most)
        {
            // More may be waiting.
        }
    }

    private Task<AuditVerification> VerifyAsync(SealMark? kept = null) => new AuditVerifier(database.Contexts, key).RunAsync(kept, Cancellation);

    private async Task<IReadOnlyList<(AuditFindingKind, long, Guid?)>> FindAsync() =>
        [.. (await VerifyAsync()).Findings.Select(finding => (finding.Kind, finding.Seal, finding.Event))];

    private async Task<int> UnsealedAsync()
    {
        await using var context = database.CreateContext();
        return await context.Set<AuditEvent>().CountAsync(e => e.Seal == null, Cancellation);
    }

    private async Task PruneAsync(DateTimeOffset until)
    {
        await using var context = database.CreateContext();
        await PruneAsync(await new OldAuditEvents(key).Ids(context, Guid.Empty, Guid.CreateVersion7(until), until).ToListAsync(Cancellation), until);
    }

    private async Task PruneAsync(IReadOnlyList<Guid> ids, DateTimeOffset until = default)
    {
        await using var context = database.CreateContext();
        await new OldAuditEvents(key).DeleteAsync(context, ids, until, Cancellation);
    }

    private async Task SqlAsync(params string[] statements)
    {
        foreach (var sql in statements) await database.QueryAsync(sql);
    }
}

public sealed class AuditSealingOnSqliteTests(SqliteDatabase database) : AuditSealingTests(database), IClassFixture<SqliteDatabase>;

public sealed class AuditSealingOnPostgresTests(PostgresDatabase database) : AuditSealingTests(database), IClassFixture<PostgresDatabase>;
