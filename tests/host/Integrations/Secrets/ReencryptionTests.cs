using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Integrations.Secrets;

/// <summary>Each test has a database of its own, since it changes the master key.</summary>
public abstract class ReencryptionTests : IAsyncLifetime
{
    private static readonly Caller Me = StoreHost.Tenant(Guid.NewGuid());

    private readonly TestDatabase database;
    private readonly string newKey = Path.Combine(Path.GetTempPath(), $"vaka-new-{Guid.NewGuid():N}.key");
    private StoreHost old = null!; // started before each test

    protected ReencryptionTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        old = await StoreHost.StartAsync(database);
        MasterKey.Create(newKey);
    }

    public async ValueTask DisposeAsync()
    {
        await old.DisposeAsync();
        await database.DisposeAsync();
        File.Delete(newKey);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task RunAsync_NewMasterKey_PreviousOneIsNotNeededAfterwards()
    {
        var row = await old.Store.CreateAsync(StoreHost.Draft("""{"host":"a","password":"first","secret_headers":{"X.Y":"h"}}"""), Me, default);
        row = await old.Store.PatchAsync(row.Id, StoreHost.Json("""{"config":{"password":"second"}}"""), null, Me, default);
        await AddStateAsync(row.Id, "refresh-1");
        var fingerprint = old.Get<SecretProtector>().Fingerprint(null, "x");
        var before = await SnapshotAsync();
        await using var beside = await StartAsync(withPrevious: true);
        Assert.Equal("second", await RevealAsync(beside, row.Id));

        var (steps, isEnough) = await RunAsync();

        Assert.Empty(steps.SelectMany(step => step.Problems));
        Assert.True(isEnough);
        Assert.Equal(
            ["data_protection_keys 1/1", "integration_revisions 2/2", "integration_state 1/1", "integrations 1/1", "secret_anchors 1/1"],
            steps.Select(step => $"{step.Table} {step.Renewed}/{step.Rows}").Order(StringComparer.Ordinal));
        var after = await SnapshotAsync();
        Assert.Equal(before.Visible, after.Visible);
        Assert.Empty(before.Ciphertexts.Intersect(after.Ciphertexts));
        Assert.Equal(2, (await RingAsync()).Count); // the old one for what is read, a new one for what is written
        Assert.Equal("second", await RevealAsync(beside, row.Id));

        await using var alone = await StartAsync(withPrevious: false);
        Assert.Equal("second", await RevealAsync(alone, row.Id));
        await alone.Store.RestoreAsync(row.Id, 1, null, Me, default);
        Assert.Equal("first", await RevealAsync(alone, row.Id));
        Assert.Equal("refresh-1", await ReadStateAsync(alone, row.Id));
        Assert.Equal(fingerprint, alone.Get<SecretProtector>().Fingerprint(null, "x"));
    }

    [Fact]
    public async Task RunAsync_Again_ChangesNothing()
    {
        await old.Store.CreateAsync(StoreHost.Draft("""{"host":"a","password":"p"}"""), Me, default);
        await RunAsync();
        var before = await SnapshotAsync();

        var (steps, _) = await RunAsync();

        Assert.All(steps, step => Assert.Equal(0, step.Renewed));
        Assert.Equal(before.Ciphertexts, (await SnapshotAsync()).Ciphertexts);
        Assert.Equal(2, (await RingAsync()).Count);
    }

    [Fact]
    public async Task RunAsync_BrokenOffAfterTheNewRingKey_MakesNoOther()
    {
        await using (var first = await StartAsync(withPrevious: true)) first.Get<KeyRing>().AddKey();

        var (_, isEnough) = await RunAsync();

        Assert.True(isEnough);
        Assert.Equal(2, (await RingAsync()).Count);
    }

    [Fact]
    public async Task RunAsync_OldRingKeyMadeAheadOfTime_NeverBecomesTheActiveOne()
    {
        var soon = DateTimeOffset.UtcNow.AddMinutes(2);
        old.Get<Microsoft.AspNetCore.DataProtection.KeyManagement.IKeyManager>().CreateNewKey(soon, soon.AddDays(90));
        var known = await RingAsync();

        await RunAsync();

        // Data Protection takes a key that begins within minutes for begun, so that it would be the active one now.
        await using var alone = await StartAsync(withPrevious: false);
        Assert.DoesNotContain(known, xml => xml.Contains($"\"{alone.Get<KeyRing>().FindActiveKey()}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_ManyRowsAndOneDamaged_NamesItAndDoesTheRest()
    {
        const int Rows = 205;
        var ids = await AddRowsAsync(Rows);
        var damaged = ids[Rows / 2];
        await EditAsync(damaged, config => config["secret_headers"]!["A"]!["$secret"] = "GARBAGE-41c9");

        var (steps, isEnough) = await RunAsync();

        Assert.Equal([$"integrations {damaged:D}: secret_headers.A cannot be decrypted"], steps.SelectMany(step => step.Problems));
        Assert.True(isEnough);
        Assert.Equal((3, Rows, Rows), (
            steps.Count(step => step.Table == "integrations"),
            steps.Where(step => step.Table == "integrations").Sum(step => step.Rows),
            steps.Where(step => step.Table == "integrations").Sum(step => step.Renewed)));
        await using var alone = await StartAsync(withPrevious: false);
        foreach (var id in ids.Where(id => id != damaged)) Assert.Equal("p", await RevealAsync(alone, id));
        var rest = await ConfigAsync(damaged);
        Assert.Equal("p", alone.Get<SecretProtector>().Unprotect(damaged, "password", rest["password"]!.AsObject()));
        Assert.Equal("GARBAGE-41c9", (string?)rest["secret_headers"]!["A"]!["$secret"]);
    }

    [Fact]
    public async Task RunAsync_RingKeyDamaged_SaysThatThePreviousIsStillNeeded()
    {
        old.Get<KeyRing>().AddKey();
        await using (var context = database.CreateContext())
        {
            var row = await context.DataProtectionKeys.OrderBy(key => key.Id).LastAsync();
            row.Xml = row.Xml!.Replace("</masterKeyEncrypted>", "AAAA</masterKeyEncrypted>", StringComparison.Ordinal);
            await context.SaveChangesAsync();
        }

        var (steps, isEnough) = await RunAsync();

        Assert.StartsWith("data_protection_keys ", Assert.Single(steps.SelectMany(step => step.Problems)));
        Assert.False(isEnough);
    }

    [Fact]
    public async Task RenewAsync_RowChangedSinceItWasRead_KeepsTheChange()
    {
        var row = await old.Store.CreateAsync(StoreHost.Draft("""{"host":"a","password":"before"}"""), Me, default);
        await using var rotating = await StoreHost.StartAsync(database);
        rotating.Get<KeyRing>().AddKey();
        rotating.Get<KeyRing>().Reload();
        var patches = 0;
        var contexts = new Interrupted(database.Contexts, async () =>
        {
            // A host that has not heard of the new key: what it writes has to be renewed too.
            if (patches++ == 0)
                await old.Store.PatchAsync(row.Id, StoreHost.Json("""{"config":{"note":"new","password":"after"}}"""), null, Me, default);
        });

        var steps = new List<ReencryptionStep>();
        await foreach (var step in new IntegrationTable(rotating.Get<SecretProtector>()).RenewAsync(contexts, default)) steps.Add(step);

        Assert.Equal(2, patches);
        Assert.Equal((1, 1, 0), steps.Select(step => (step.Rows, step.Renewed, step.Problems.Count)).Single());
        var stored = await ConfigAsync(row.Id);
        Assert.Equal("new", (string?)stored["note"]);
        Assert.Equal("after", await RevealAsync(old, row.Id));
        Assert.Equal(2, (await old.Store.GetAsync(row.Id, Me, default)).Revision);
        Assert.False(rotating.Get<SecretProtector>().Renew(row.Id, "password", stored["password"]!.AsObject()));
    }

    private async Task<(IReadOnlyList<ReencryptionStep> Steps, bool IsCurrentKeyEnough)> RunAsync()
    {
        await using var host = await StartAsync(withPrevious: true);
        var steps = new List<ReencryptionStep>();
        await foreach (var step in host.Get<Reencryption>().RunAsync(default)) steps.Add(step);
        return (steps, await host.Get<Reencryption>().IsCurrentKeyEnoughAsync(default));
    }

    private Task<StoreHost> StartAsync(bool withPrevious) => StoreHost.StartAsync(database, new Dictionary<string, string?>
    {
        ["Secrets:MasterKeyFile"] = newKey,
        ["Secrets:PreviousMasterKeyFile"] = withPrevious ? old.Get<MasterKeys>().CurrentFile : null,
    });

    private async Task<string?> RevealAsync(StoreHost host, Guid id) =>
        (string?)host.Get<ConfigSecrets>().Reveal(id, await ConfigAsync(id))["password"];

    private async Task<JsonObject> ConfigAsync(Guid id)
    {
        await using var context = database.CreateContext();
        return StoreHost.Json(await context.Set<Integration>().Where(row => row.Id == id).Select(row => row.Config).SingleAsync());
    }

    private async Task EditAsync(Guid id, Action<JsonObject> change)
    {
        var config = await ConfigAsync(id);
        change(config);
        var text = config.ToJsonString();
        await using var context = database.CreateContext();
        await context.Set<Integration>().Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Config, text));
    }

    private async Task<IReadOnlyList<string>> RingAsync()
    {
        await using var context = database.CreateContext();
        return await context.DataProtectionKeys.OrderBy(key => key.Id).Select(key => key.Xml!).ToListAsync();
    }

    private async Task AddStateAsync(Guid id, string value)
    {
        await using var context = database.CreateContext();
        context.Add(new StoredState
        {
            IntegrationId = id,
            Key = "refresh_token",
            Ciphertext = old.Get<KeyRing>().Protect(value, IntegrationState.Purpose, id.ToString("D"), "refresh_token"),
            Version = 1,
            UpdatedAt = old.Time.GetUtcNow(),
        });
        await context.SaveChangesAsync();
    }

    private async Task<string> ReadStateAsync(StoreHost host, Guid id)
    {
        await using var context = database.CreateContext();
        var state = await context.Set<StoredState>().AsNoTracking().SingleAsync(row => row.IntegrationId == id);
        return host.Get<KeyRing>().Unprotect(state.Ciphertext, IntegrationState.Purpose, id.ToString("D"), state.Key);
    }

    private async Task<IReadOnlyList<Guid>> AddRowsAsync(int count)
    {
        var protector = old.Get<SecretProtector>();
        await using var context = database.CreateContext();
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            context.Add(new Integration
            {
                Id = id,
                Name = $"Row {id}",
                IntegrationType = "relay",
                Config = new JsonObject
                {
                    ["host"] = "a",
                    ["password"] = protector.Protect(id, null, "password", "p"),
                    ["secret_headers"] = new JsonObject { ["A"] = protector.Protect(id, null, "secret_headers.A", "h") },
                }.ToJsonString(),
                CreatedAt = old.Time.GetUtcNow(),
                CreatedBy = "test",
                UpdatedAt = old.Time.GetUtcNow(),
                UpdatedBy = "test",
            });
        }

        await context.SaveChangesAsync();
        return ids;
    }

    /// <summary>Everything of the rows apart from the ciphertexts, and these.</summary>
    private async Task<(IReadOnlyList<string> Visible, IReadOnlyList<string> Ciphertexts)> SnapshotAsync()
    {
        await using var context = database.CreateContext();
        var ciphertexts = new List<string>();
        var visible = new List<string>();
        foreach (var row in await context.Set<Integration>().AsNoTracking().OrderBy(row => row.Id).ToListAsync())
            visible.Add($"{row.Id} {row.Name} {row.Status} {row.Revision} {row.UpdatedAt:O} {row.UpdatedBy} {Strip(row.Config)}");
        foreach (var row in await context.Set<IntegrationRevision>().AsNoTracking().OrderBy(row => row.IntegrationId).ThenBy(row => row.Revision).ToListAsync())
            visible.Add($"{row.IntegrationId} {row.Revision} {row.CreatedAt:O} {row.CreatedBy} {Strip(row.Config)}");
        foreach (var row in await context.Set<StoredState>().AsNoTracking().ToListAsync())
        {
            visible.Add($"{row.IntegrationId} {row.Key} {row.DescendsFrom} {row.Version} {row.UpdatedAt:O}");
            ciphertexts.Add(row.Ciphertext);
        }

        ciphertexts.AddRange(await context.Set<SecretAnchor>().AsNoTracking().Select(anchor => anchor.Ciphertext).ToListAsync());
        return (visible, ciphertexts);

        string Strip(string stored)
        {
            var config = StoreHost.Json(stored);
            foreach (var (_, envelope) in ConfigPath.FindEnvelopes(config))
            {
                ciphertexts.Add((string)envelope["$secret"]!);
                envelope["$secret"] = "";
            }

            return config.ToJsonString();
        }
    }

    /// <summary>Contexts that have something happen before each UPDATE.</summary>
    private sealed class Interrupted(IDbContextFactory<HostDbContext> inner, Func<Task> happen) : IDbContextFactory<HostDbContext>
    {
        public HostDbContext CreateDbContext()
        {
            using var context = inner.CreateDbContext();
            return context.GetService<IDbContextOptions>() switch
            {
                DbContextOptions<SqliteHostDbContext> options => new SqliteHostDbContext(With(options)),
                DbContextOptions<PostgresHostDbContext> options => new PostgresHostDbContext(With(options)),
                var other => throw new InvalidOperationException($"Unknown options {other.GetType()}."),
            };
        }

        private DbContextOptions<T> With<T>(DbContextOptions<T> options)
            where T : HostDbContext => new DbContextOptionsBuilder<T>(options).AddInterceptors(new Before(happen)).Options;

        private sealed class Before(Func<Task> happen) : DbCommandInterceptor
        {
            public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
                DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
            {
                if (command.CommandText.StartsWith("UPDATE", StringComparison.Ordinal)) await happen();
                return result;
            }
        }
    }
}

public sealed class ReencryptionOnSqliteTests() : ReencryptionTests(new SqliteDatabase());

public sealed class ReencryptionOnPostgresTests() : ReencryptionTests(new PostgresDatabase());
