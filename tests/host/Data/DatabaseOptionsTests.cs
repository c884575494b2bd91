using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Tests.Data;

public class DatabaseOptionsTests
{
    [Fact]
    public void Options_NothingSet_IsSqliteUnderData()
    {
        var options = Read([]);
        Assert.Equal(DatabaseProvider.Sqlite, options.Provider);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "data", "vaka.db"), options.SqliteFile);
    }

    [Fact]
    public void Options_UnknownProvider_SaysWhichThereAre()
    {
        var refused = Assert.Throws<StartupException>(() => Read(new() { ["Database:Provider"] = "oracle" }));
        Assert.Equal("Database:Provider is 'oracle'. It is one of: sqlite, postgres.", refused.Message);
    }

    [Fact]
    public void Options_PostgresWithoutAddress_SaysWhatToSet()
    {
        var options = Read(new() { ["Database:Provider"] = "postgres" });
        Assert.Contains("Database:ConnectionString is not set", Assert.Throws<StartupException>(() => options.EffectiveConnectionString).Message);
    }

    [Fact]
    public async Task MigrateAsync_NoServer_SaysSo()
    {
        var settings = Settings(new()
        {
            ["Database:Provider"] = "postgres",
            ["Database:ConnectionString"] = "Host=127.0.0.1;Port=1;Username=vaka;Password=hush-hush;Database=vaka;Timeout=2",
        });
        await using var host = new ServiceCollection().AddLogging().AddData(settings).BuildServiceProvider();
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => host.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None));
        Assert.Contains("Database:ConnectionString", refused.Message);
        Assert.DoesNotContain("hush-hush", refused.ToString());
    }

    private static DatabaseOptions Read(Dictionary<string, string?> settings) =>
        new ServiceCollection().AddData(Settings(settings)).BuildServiceProvider().GetRequiredService<IOptions<DatabaseOptions>>().Value;

    private static IConfiguration Settings(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
