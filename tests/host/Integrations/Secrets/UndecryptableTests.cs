using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Secrets;

/// <summary>One row that cannot be decrypted is that row's trouble alone.</summary>
public abstract class UndecryptableTests : IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly Guid tenant = Guid.NewGuid();
    private readonly Guid neighbour = Guid.NewGuid();
    private Rooms rooms = null!; // opened before each test

    protected UndecryptableTests(TestDatabase database)
    {
        this.database = database;
        database.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync() => rooms = await Rooms.OpenAsync(database);

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("of another tenant")]
    public async Task ResolveAsync_SecretCannotBeDecrypted_OnlyThatRowIsUnusable(string how)
    {
        var own = await AddAsync(tenant, "Own");
        var other = await AddAsync(neighbour, "Other");
        var platform = await AddAsync(null, "Platform");
        await ReplaceCiphertextAsync(own.Id, how == "damaged" ? "CfDJ8-damaged" : Ciphertext(other));

        var refused = await rooms.RefuseAsync(tenant);

        Assert.Equal((ProblemCode.IntegrationUnusable, Unusable.SecretUndecryptable), (refused.Code, refused.Reason));
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(("Other", "s3cret Other"), await ResolveAsync(neighbour));
        Assert.Equal(("Platform", "s3cret Platform"), await ResolveAsync(null));
        Assert.Equal(("Platform", "s3cret Platform"), await ResolveAsync(Guid.NewGuid()));

        // A read reports it and leaves the row as it is.
        await using (var context = database.CreateContext())
        {
            var stored = await context.Set<Integration>().AsNoTracking().SingleAsync(row => row.Id == own.Id);
            Assert.Equal((IntegrationStatus.Active, null, own.Revision), (stored.Status, stored.StatusReason, stored.Revision));
        }

        // A node that starts now finds the same.
        await using var second = await rooms.OpenSecondAsync(database);
        Assert.Equal(Unusable.SecretUndecryptable, (await second.RefuseAsync(tenant)).Reason);
        Assert.Equal("Other", await second.ResolveNameAsync(neighbour));
    }

    private static string Ciphertext(Integration row) => (string)JsonNode.Parse(row.Config)!["token"]!["$secret"]!; // just made so

    private async Task<(string Name, string? Token)> ResolveAsync(Guid? tenantId)
    {
        var resolution = await rooms.Resolver.ResolveAsync("smtp", tenantId, null, CancellationToken.None);
        return (resolution.Integration.Name, ((TestConfig)resolution.Integration.Config).Token?.Reveal());
    }

    private Task<Integration> AddAsync(Guid? tenantId, string name) => rooms.AddAsync(tenantId, name, row => row.Config = new JsonObject
    {
        ["address"] = "here",
        ["token"] = rooms.Get<SecretProtector>().Protect(row.Id, tenantId, "token", $"s3cret {name}"),
    }.ToJsonString());

    private async Task ReplaceCiphertextAsync(Guid id, string ciphertext)
    {
        await using var context = database.CreateContext();
        var stored = await context.Set<Integration>().SingleAsync(row => row.Id == id);
        var config = JsonNode.Parse(stored.Config)!.AsObject();
        config["token"]!["$secret"] = ciphertext;
        stored.Config = config.ToJsonString();
        await context.SaveChangesAsync();
    }
}

public sealed class UndecryptableOnSqliteTests(SqliteDatabase database) : UndecryptableTests(database), IClassFixture<SqliteDatabase>;

public sealed class UndecryptableOnPostgresTests(PostgresDatabase database) : UndecryptableTests(database), IClassFixture<PostgresDatabase>;
