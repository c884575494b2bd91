using Npgsql;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>The program's commands beside a running host.</summary>
public sealed class CommandTests(SqliteHost fixture) : IClassFixture<SqliteHost>
{
    [Fact]
    public async Task PluginsManifest_IsAsCommitted()
    {
        var written = Path.Combine(fixture.Directory, "manifest.md");
        var (code, _, error) = await fixture.Host.RunCommandAsync("plugins", "manifest", "--output", written);
        Assert.True(code == 0, error);
        var committed = await File.ReadAllTextAsync(Path.Combine(HostProcess.Repository, "plugins.manifest.md"));
        Assert.True(
            committed == await File.ReadAllTextAsync(written),
            "plugins.manifest.md is stale: write it anew with 'dotnet run --project host -- plugins manifest'.");
    }

    [Fact]
    public async Task PluginsList_NamesEveryProviderWithItsState()
    {
        var (code, output, error) = await fixture.Host.RunCommandAsync("plugins", "list");
        Assert.True(code == 0, error);
        Assert.Matches(@"(?m)^smtp +active ", output);
        Assert.Matches(@"(?m)^webhook +active ", output);
        Assert.DoesNotContain("reaches around", output);
    }

    [Theory]
    [InlineData("--name", "needs a role")]
    [InlineData("--name", "x", "--role", "root")]
    [InlineData("--name", "x", "--role", "admin", "--tenent", "y")]
    [InlineData("--name", "", "--role", "admin")]
    public async Task KeysCreate_Misspelt_SaysSoAndMakesNothing(params string[] options)
    {
        var before = await fixture.QueryAsync("SELECT count(*) FROM api_keys");
        var (code, output, error) = await fixture.Host.RunCommandAsync(["keys", "create", .. options]);
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("vaka_", output);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("   at ", error);
        Assert.Equal(before, await fixture.QueryAsync("SELECT count(*) FROM api_keys"));
    }

    [Fact]
    public async Task UnknownDatabaseProvider_SaysWhatThereIs()
    {
        var (code, _, error) = await fixture.Host.RunCommandAsync("plugins", "list", "--Database:Provider=oracle");
        Assert.Equal(1, code);
        Assert.Contains("sqlite, postgres", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Theory]
    [InlineData]
    [InlineData("keys", "sign-in")]
    public async Task PostgresAway_SaysWhatToCheckAndEnds(params string[] command)
    {
        const string Nobody = "--Database:ConnectionString=Host=127.0.0.1;Port=1;Username=vaka;Password=canary-77d0;Database=vaka";
        var (code, output, error) = await fixture.Host.RunCommandAsync([.. command, "--Database:Provider=postgres", Nobody]);
        Assert.Equal(1, code);
        Assert.Contains("Check Database:ConnectionString", error);
        Assert.DoesNotContain("   at ", output + error);
        Assert.DoesNotContain("canary", output + error);
    }

    [Fact]
    public async Task PostgresWithoutMasterKey_RefusesToStart()
    {
        if (Environment.GetEnvironmentVariable("VAKA_TEST_POSTGRES") is not { } server)
        {
            Assert.Skip("PostgreSQL is not running here: VAKA_TEST_POSTGRES is not set (tests/run.sh starts one).");
            return;
        }

        var database = $"e2e_{Guid.NewGuid():N}";
        await PostgresHost.ServerAsync($"CREATE DATABASE {database}");
        var address = new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
        var (code, _, error) = await fixture.Host.RunCommandAsync("plugins", "list", "--Database:Provider=postgres", $"--Database:ConnectionString={address}");
        await PostgresHost.ServerAsync($"DROP DATABASE {database} WITH (FORCE)");
        Assert.Equal(1, code);
        Assert.Contains("Secrets:MasterKeyFile", error);
    }
}
