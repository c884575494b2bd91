using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.SignIn;

public abstract class FirstStartTests
{
    private readonly TestDatabase database;

    protected FirstStartTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    [Fact]
    public async Task RunAsync_ManyHostsAtOnce_OneMakesAKeyAndALink()
    {
        var links = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Host().RunAsync(CancellationToken.None))));

        Assert.Single(links, link => link is not null);
        await using var context = database.CreateContext();
        Assert.Equal(1, await context.Set<ApiKey>().CountAsync());
        Assert.Null(await Host().RunAsync(CancellationToken.None));
    }

    private FirstStart Host()
    {
        var tokens = new OneTimeTokens(database.Contexts, TimeProvider.System);
        var keys = new ApiKeys(
            database.Contexts, new DeniedAttempts(database.Contexts, TimeProvider.System, NullLogger<DeniedAttempts>.Instance), TimeProvider.System);
        return new FirstStart(keys, new SignInLinks(tokens, keys, new AuditTrail(database.Contexts, TimeProvider.System), new PublicAddress(new ConfigurationBuilder().Build())), tokens);
    }
}

public sealed class FirstStartOnSqliteTests(SqliteDatabase database) : FirstStartTests(database), IClassFixture<SqliteDatabase>;

public sealed class FirstStartOnPostgresTests(PostgresDatabase database) : FirstStartTests(database), IClassFixture<PostgresDatabase>;
