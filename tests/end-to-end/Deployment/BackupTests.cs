using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Deployment;

/// <summary>A backup of a running host, made and restored as host/Deployment/OPERATIONS.md says, is that host in another place.</summary>
public abstract class BackupTests
{
    private readonly HostFixture fixture;

    protected BackupTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    [Fact]
    public async Task Backup_OfARunningHost_GoesOnElsewhere()
    {
        await using var sink = await HttpPeer.StartAsync();
        var hook = new { name = "Hook", integration_type = "webhook", config = new { url = sink.Address.ToString(), auth = new { type = "bearer", token = "t-4d1f" } } };
        var made = await fixture.Admin.PostAsync("integrations", hook, HttpStatusCode.Created);
        await fixture.Admin.PostAsync($"integrations/{made.Text("id")}/deactivate", new { });
        var kept = await fixture.Admin.SendAsync(
            HttpMethod.Post, "actions/webhook/push_data", JsonContent.Create(WebhookTests.Push), HttpStatusCode.Accepted, ("Prefer", "respond-async"));

        var elsewhere = Directory.CreateTempSubdirectory("vaka-restored-").FullName;
        try
        {
            var settings = await BackUpAndRestoreAsync(elsewhere);
            await fixture.Host.KillAsync();
            await using var restored = await HostProcess.StartAsync(elsewhere, settings);
            using var admin = restored.NewClient();
            admin.DefaultRequestHeaders.Authorization = fixture.Admin.DefaultRequestHeaders.Authorization; // keys are in it, too
            Assert.Equal(made["secrets"]!.ToJsonString(), (await admin.GetJsonAsync($"integrations/{made.Text("id")}"))["secrets"]!.ToJsonString()); // every answer has them
            await admin.PostAsync($"integrations/{made.Text("id")}/activate", new { });
            await Eventually.SucceedsAsync(admin, kept.Text("execution_id"));
            Assert.Equal("Bearer t-4d1f", Assert.Single(sink.Requests).Header("Authorization"));
            var (code, output, error) = await restored.RunCommandAsync("secrets", "reencrypt");
            Assert.True(code == 0, output + error);
        }
        finally
        {
            await ForgetAsync();
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    /// <summary>Backs the running host up, and answers the settings of one on what was restored.</summary>
    protected abstract Task<string[]> BackUpAndRestoreAsync(string elsewhere);

    protected virtual Task ForgetAsync() => Task.CompletedTask;
}

public sealed class SqliteBackupTests(SqliteHost fixture) : BackupTests(fixture), IClassFixture<SqliteHost>
{
    protected override async Task<string[]> BackUpAndRestoreAsync(string elsewhere)
    {
        var data = Directory.CreateDirectory(Path.Combine(elsewhere, "data")).FullName;
        await fixture.QueryAsync($"VACUUM INTO '{Path.Combine(data, "vaka.db")}'");
        File.Copy(Path.Combine(fixture.Directory, "data", "master.key"), Path.Combine(data, "master.key"));
        return [];
    }
}

public sealed class PostgresBackupTests(PostgresBackupTests.BackedUp fixture) : BackupTests(fixture), IClassFixture<PostgresBackupTests.BackedUp>
{
    protected override Task<string[]> BackUpAndRestoreAsync(string elsewhere) => fixture.BackUpAndRestoreAsync(elsewhere);

    protected override Task ForgetAsync() => fixture.ForgetAsync();

    public sealed class BackedUp : PostgresHost
    {
        private string Restored => $"{Database}_restored";

        public async Task<string[]> BackUpAndRestoreAsync(string elsewhere)
        {
            var backup = Path.Combine(elsewhere, "vaka.dump");
            await RunAsync("pg_dump", "--format=custom", $"--file={backup}", Database);
            await ServerAsync($"CREATE DATABASE {Restored}");
            await RunAsync("pg_restore", "--exit-on-error", $"--dbname={Restored}", backup);
            var key = Path.Combine(elsewhere, "master.key");
            File.Copy(Path.Combine(Directory, "master.key"), key);
            var connection = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = Restored, Pooling = true }.ConnectionString;
            return ["--Database:Provider=postgres", $"--Database:ConnectionString={connection}", $"--Secrets:MasterKeyFile={key}"];
        }

        public Task ForgetAsync() => ServerAsync($"DROP DATABASE IF EXISTS {Restored} WITH (FORCE)");

        private async Task RunAsync(string program, params string[] arguments)
        {
            var server = new NpgsqlConnectionStringBuilder(ConnectionString);
            var file = System.IO.Directory.EnumerateFiles("/usr/lib/postgresql", program, SearchOption.AllDirectories).Order().Last();
            using var run = Process.Start(file, ["--host", server.Host ?? "", "--port", $"{server.Port}", "--username", server.Username ?? "", .. arguments]);
            await run.WaitForExitAsync();
            Assert.Equal(0, run.ExitCode);
        }
    }
}
