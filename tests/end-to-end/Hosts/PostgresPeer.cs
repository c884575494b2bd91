using System.Diagnostics;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>A PostgreSQL of one test class, which can be stopped without anybody else minding.</summary>
public sealed class PostgresPeer : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vaka-pg-").FullName;

    public static string? Unavailable =>
        Directory.Exists("/usr/lib/postgresql") ? null : "PostgreSQL is not installed here (tests/run.sh installs it).";

    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts it, on the same data and port when it was stopped.</summary>
    public async Task StartAsync()
    {
        await RunAsync("start");
        ConnectionString = (await File.ReadAllTextAsync(Path.Combine(directory, "env"))).Split('\'')[1];
    }

    /// <summary>Stops it at once, as a crash would.</summary>
    public Task StopAsync() => RunAsync("stop");

    /// <summary>From now on it keeps its connections and answers nothing.</summary>
    public Task PauseAsync() => RunAsync("pause");

    public Task ResumeAsync() => RunAsync("resume");

    /// <summary>From now on none of its files grows beyond 16 MiB: a table that is as large has no room left.</summary>
    public Task FillAsync() => RunAsync("fill");

    public Task ClearAsync() => RunAsync("clear");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(directory, "data", "postmaster.pid"))) await StopAsync();
        Directory.Delete(directory, recursive: true);
        File.Delete($"{directory}.log");
    }

    // What it starts would hold pipes open.
    private async Task RunAsync(string command)
    {
        using var script = Process.Start(Path.Combine(HostProcess.Repository, "tests", "peers", "postgres.sh"), [command, directory]);
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, $"postgres.sh {command} ended with code {script.ExitCode}.");
    }
}

/// <summary>A host on a PostgreSQL of its own.</summary>
public class OwnPostgresHost : HostFixture
{
    public PostgresPeer Server { get; } = new();

    protected override string? Unavailable => PostgresPeer.Unavailable;

    public override async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection($"{Server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        return await FirstColumn.ReadAsync(connection, sql);
    }

    protected override async Task<string[]> CreateDatabaseAsync()
    {
        await Server.StartAsync();
        return ["--Database:Provider=postgres", $"--Database:ConnectionString={Server.ConnectionString}", $"--Secrets:MasterKeyFile={await MasterKeyAsync()}"];
    }

    protected override async Task DropDatabaseAsync() => await Server.DisposeAsync();
}
