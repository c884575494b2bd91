using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

/// <summary>Answers are told again as they were, to whoever has their key, and stand in the database for nobody else.</summary>
public abstract class AnswerSealTests : IAsyncLifetime
{
    private static readonly ServingIntegration Hook = new(Guid.CreateVersion7(), "Hook", ConfigScope.Tenant);

    private readonly TestDatabase database;
    private StoreHost host = null!; // started before each test

    protected AnswerSealTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AnswerSeal Seal => new(host.Get<KeyRing>());

    public async ValueTask InitializeAsync() => host = await StoreHost.StartAsync(database);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Open_AResult_IsByteForByteWhatItWas()
    {
        var id = Guid.CreateVersion7();
        var output = """{"b":1.0,"a":[true,null,"ü\u00fc\"<"],"big":12345678901234567890}"""u8.ToArray();
        var sealed1 = Seal.Close("scope", KeptAnswer.Of(new ActionResult(id, Hook, output, TimeSpan.FromTicks(12345678))));
        Assert.NotNull(sealed1);
        Assert.DoesNotContain("big", Encoding.Latin1.GetString(Convert.FromBase64String(sealed1.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (sealed1.Length % 4)) % 4))));

        var result = Seal.Open("scope", sealed1)!.Replay(id); // or it throws

        Assert.Equal((id, Hook, TimeSpan.FromTicks(12345678), true), (result.ExecutionId, result.Integration, result.Duration, result.IsReplayed));
        Assert.Equal(output, result.Output.ToArray());
    }

    [Fact]
    public void Open_AProblem_IsWhatItWas()
    {
        var problem = new ProblemException(ProblemCode.InvalidInput, "The vendor refuses it.")
        {
            FailureKind = FailureKind.InvalidInput, Effect = Effect.Possible, RetryAfter = TimeSpan.FromSeconds(7),
            Errors = [new ConfigError("to[0]", "No such mailbox \0 \uD800.", ConfigSeverity.Warning)],
        };
        var answer = Seal.Open("scope", Seal.Close("scope", KeptAnswer.Of(problem))!)!; // neither is too long

        var again = Assert.Throws<ProblemException>(() => answer.Replay(Guid.Empty));

        Assert.Equal(
            (problem.Code, problem.Message, problem.FailureKind, problem.Effect, problem.RetryAfter, true),
            (again.Code, again.Message, again.FailureKind, again.Effect, again.RetryAfter, again.IsReplayed));
        Assert.Equal(("to[0]", ConfigSeverity.Warning), (again.Errors.Single().Path, again.Errors.Single().Severity));
    }

    [Fact]
    public void Open_UnderAnotherKeyOrDamaged_IsNotToBeHad()
    {
        var text = Seal.Close("scope", KeptAnswer.Of(new ActionResult(Guid.Empty, Hook, "{}"u8.ToArray(), default)))!; // short
        Assert.Null(Seal.Open("another", text));
        Assert.Null(Seal.Open("scope", text[..^9] + "AAAAAAAAA"));
        Assert.Null(Seal.Open("scope", "sealed"));
    }

    [Fact]
    public void Close_MoreThanAMebibyte_IsNotKept()
    {
        Assert.NotNull(Seal.Close("scope", Long(AnswerSeal.Longest - 1000)));
        Assert.Null(Seal.Close("scope", Long(AnswerSeal.Longest)));
        Assert.Null(Seal.Close("scope", Long(20 * AnswerSeal.Longest)));
    }

    [Fact]
    public async Task RenewAsync_ANewKeyOfTheRing_RenewsEveryAnswerThatThereIs()
    {
        const int Rows = 120;
        var ring = host.Get<KeyRing>();
        var rows = Enumerable.Range(0, Rows).Select(_ => KeyedRows.Claim()).ToList();
        await using (var context = database.CreateContext())
        {
            await context.Set<IdempotencyKey>().ExecuteDeleteAsync(Cancellation);
            context.AddRange(rows.Select((claim, i) => Key(claim, i % 10 == 0 ? null : Seal.Close(claim.Scope, Long(i)))));
            context.Add(Key(KeyedRows.Claim(), "damaged"));
            await context.SaveChangesAsync(Cancellation);
        }

        ring.AddKey();
        ring.Reload();
        var steps = new List<ReencryptionStep>();
        await foreach (var step in new IdempotencyKeyTable(ring).RenewAsync(database.Contexts, Cancellation)) steps.Add(step);

        Assert.Equal((109, 108), (steps.Sum(step => step.Rows), steps.Sum(step => step.Renewed)));
        Assert.EndsWith(": the answer cannot be decrypted", Assert.Single(steps.SelectMany(step => step.Problems)));
        await using var after = database.CreateContext();
        var answers = await after.Set<IdempotencyKey>().ToDictionaryAsync(key => key.Scope, key => key.Answer, Cancellation);
        Assert.All(rows.Index().Where(row => row.Index % 10 != 0), row =>
            Assert.Equal(Long(row.Index).Output, Seal.Open(row.Item.Scope, answers[row.Item.Scope]!)?.Output));
    }

    private static KeptAnswer Long(int length) =>
        KeptAnswer.Of(new ActionResult(Guid.Empty, Hook, Encoding.ASCII.GetBytes($"{{\"a\":\"{new string('a', length)}\"}}"), default));

    private static IdempotencyKey Key(KeyClaim claim, string? answer) => new()
    {
        Scope = claim.Scope, RequestHash = claim.RequestHash, ExecutionId = Guid.CreateVersion7(), Answer = answer, CreatedAt = DateTimeOffset.UtcNow,
    };
}

public sealed class AnswerSealOnSqliteTests(SqliteDatabase database) : AnswerSealTests(database), IClassFixture<SqliteDatabase>;

public sealed class AnswerSealOnPostgresTests(PostgresDatabase database) : AnswerSealTests(database), IClassFixture<PostgresDatabase>;
