using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>A running host for a class of tests, on one of the two databases.</summary>
public abstract class HostFixture : IAsyncLifetime
{
    private HostProcess? host;

    public HostProcess Host => host ?? throw new InvalidOperationException("There is no host: its database is missing.");

    /// <summary>A platform admin.</summary>
    public HttpClient Admin { get; private set; } = null!; // made at start

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("vaka-host-").FullName;

    /// <summary>Why the database cannot be had here; <c>null</c>: it can.</summary>
    protected virtual string? Unavailable => null;

    /// <summary>Environment variables and files that the host must not mind.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    public async ValueTask InitializeAsync()
    {
        if (Unavailable is not null) return;
        await PrepareAsync();
        host = await StartAsync([.. Settings, .. await CreateDatabaseAsync()]);
        Admin = await host.ClientAsync("admin");
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.DisposeAsync();
            await DropDatabaseAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    public void SkipUnlessAvailable()
    {
        if (Unavailable is { } reason) Assert.Skip(reason);
    }

    /// <summary>A tenant of its own for one test: an admin and a service.</summary>
    public async Task<Tenant> TenantAsync()
    {
        var id = Guid.CreateVersion7();
        return new Tenant(id, await KeyAsync("admin", id), await KeyAsync("service", id));
    }

    /// <summary>A client with a key made through the API, which is quicker than the command line.</summary>
    public async Task<HttpClient> KeyAsync(string role, Guid? tenant)
    {
        var made = await Admin.PostAsJsonAsync("api-keys", new { name = "test", role, tenant_id = tenant });
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        var key = (await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>(); // the answer carries it once
        var client = Host.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>Runs SQL as written and answers the first column.</summary>
    public abstract Task<IReadOnlyList<string>> QueryAsync(string sql);

    /// <summary>Everything that the database holds, in text: for looking for what must not be there.</summary>
    public virtual Task<string> DumpAsync() => throw new NotSupportedException("There is no dump of this database.");

    /// <summary>Deployment settings beside those of the database.</summary>
    protected virtual IEnumerable<string> Settings => [];

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual Task<HostProcess> StartAsync(string[] settings) => HostProcess.StartAsync(Directory, settings, Environment);

    protected abstract Task<string[]> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    /// <summary>Makes a master key and answers its file.</summary>
    protected async Task<string> MasterKeyAsync()
    {
        var file = Path.Combine(Directory, "master.key");
        await File.WriteAllTextAsync(file, Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        return file;
    }
}

/// <summary>A tenant's callers.</summary>
public sealed record Tenant(Guid Id, HttpClient Admin, HttpClient Service);

/// <summary>A host as it comes: SQLite under data/.</summary>
public class SqliteHost : HostFixture
{
    public override async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Directory, "data", "vaka.db")}");
        await connection.OpenAsync();
        return await FirstColumn.ReadAsync(connection, sql);
    }

    public override async Task<string> DumpAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(Directory, "data"), "vaka.db*").Where(file => !file.EndsWith(".host", StringComparison.Ordinal))) // which is locked, and empty
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync());
        }

        return text.ToString();
    }

    protected override Task<string[]> CreateDatabaseAsync() => Task.FromResult<string[]>([]);
}

/// <summary>A host on PostgreSQL, with a master key of the operator's.</summary>
public class PostgresHost : HostFixture
{
    private readonly string name = $"e2e_{Guid.NewGuid():N}";

    protected string Database => name;

    protected override string? Unavailable =>
        Server is null ? "PostgreSQL is not running here: VAKA_TEST_POSTGRES is not set (tests/run.sh starts one)." : null;

    private static string? Server => System.Environment.GetEnvironmentVariable("VAKA_TEST_POSTGRES");

    protected string ConnectionString => new NpgsqlConnectionStringBuilder(Server) { Database = name, Pooling = false }.ConnectionString;

    public override async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return await FirstColumn.ReadAsync(connection, sql);
    }

    /// <summary>By the server's own pg_dump, which writes what a backup would hold.</summary>
    public override async Task<string> DumpAsync()
    {
        var address = new NpgsqlConnectionStringBuilder(Server);
        var program = System.IO.Directory.EnumerateFiles("/usr/lib/postgresql", "pg_dump", SearchOption.AllDirectories).Order().Last();
        var start = new System.Diagnostics.ProcessStartInfo(
            program, ["--host", address.Host ?? "", "--port", $"{address.Port}", "--username", address.Username ?? "", "--inserts", name])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        using var run = System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        var text = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("INSERT INTO public.integration_revisions", text);
        return text;
    }

    protected override async Task<string[]> CreateDatabaseAsync()
    {
        await ServerAsync($"CREATE DATABASE {name}");
        var pooled = new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;
        return ["--Database:Provider=postgres", $"--Database:ConnectionString={pooled}", $"--Secrets:MasterKeyFile={await MasterKeyAsync()}"];
    }

    protected override Task DropDatabaseAsync() => ServerAsync($"DROP DATABASE {name} WITH (FORCE)");

    internal static async Task ServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

internal static class FirstColumn
{
    public static async Task<IReadOnlyList<string>> ReadAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync()) values.Add(reader.GetValue(0).ToString() ?? "");
        return values;
    }
}
