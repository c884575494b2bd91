using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Npgsql;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Host.Tests.Actions.Queue;

namespace Vaka.Plugins.EndToEnd.Tests.Deployment;

/// <summary>What the compose file says, without Docker: its two hosts with its environment, on a real PostgreSQL and RabbitMQ.</summary>
public sealed class ComposeTests : IAsyncLifetime
{
    private const string Password = "of-the-database";

    private readonly string directory = Directory.CreateTempSubdirectory("vaka-compose-").FullName;
    private readonly ComposeFile compose = new();
    private readonly PostgresPeer postgres = new();
    private readonly VirtualHost broker = new();

    public ComposeTests()
    {
        if (PostgresPeer.Unavailable is { } reason) Assert.Skip(reason);
        VirtualHost.SkipUnlessAvailable();
    }

    public async ValueTask InitializeAsync()
    {
        await broker.InitializeAsync();
        await postgres.StartAsync();
        await using var connection = new NpgsqlConnection($"{postgres.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        foreach (var sql in new[] { $"CREATE ROLE vaka LOGIN PASSWORD '{Password}'", "CREATE DATABASE vaka OWNER vaka" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await broker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Ports_AreOfTheHosts_AndOfThisMachineAlone()
    {
        Assert.Equal(["host-1", "host-2"], compose.Services.Where(service => compose.Ports(service).Any()));
        Assert.All(compose.Services.SelectMany(compose.Ports), port => Assert.StartsWith("127.0.0.1:", port));
    }

    [Fact]
    public async Task Variables_AreThoseThatTheReadmeHasYouSet()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(ComposeFile.Folder, "README.md"));
        Assert.All(compose.Required, variable => Assert.Contains($"{variable}=", readme));
    }

    [Fact]
    public async Task Hosts_WithItsEnvironment_AreReadyAndOne()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "master.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var started = await Task.WhenAll(StartAsync("host-1"), StartAsync("host-2"));
        await using var one = started[0];
        await using var other = started[1];
        foreach (var host in started)
        {
            await ConnectedAsync(host);
            using var check = Process.Start(Path.Combine(ComposeFile.Folder, "ready.sh"), [$"{host.Address.Port}"]);
            await check.WaitForExitAsync();
            Assert.Equal(0, check.ExitCode);
        }

        // A key of the one is a key of the other.
        using var client = await one.ClientAsync("admin");
        using var known = await client.GetAsync(new Uri(other.Address, "api/v1/integrations"));
        Assert.True(known.IsSuccessStatusCode);

        // The check says no when nobody is there.
        await other.KillAsync();
        using var gone = Process.Start(Path.Combine(ComposeFile.Folder, "ready.sh"), [$"{other.Address.Port}"]);
        await gone.WaitForExitAsync();
        Assert.NotEqual(0, gone.ExitCode);
    }

    private static async Task ConnectedAsync(HostProcess host)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        JsonObject? answer = null;
        for (var waited = Stopwatch.StartNew(); answer?.Text("queue") != "rabbitmq: connected"; await Task.Delay(50))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), $"{answer}\n{host.Output}");
            answer = await client.GetJsonAsync("readyz");
        }

        Assert.Equal(("ready", "reachable"), (answer?.Text("status"), answer?.Text("database")));
    }

    // Addresses are all that differs. What it listens on is on the command line, which wins.
    private Task<HostProcess> StartAsync(string service)
    {
        var address = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        var queue = new Uri(broker.Address);
        var environment = compose.Environment(service, new Dictionary<string, string>
        {
            ["PUBLIC_URL"] = "https://integrations.example.com", ["POSTGRES_PASSWORD"] = Password, ["RABBITMQ_PASSWORD"] = queue.UserInfo.Split(':')[1],
        });
        Replace("VAKA_Database__ConnectionString", "Host=postgres;Port=5432;", $"Host={address.Host};Port={address.Port};");
        Replace("VAKA_Queue__RabbitMq", "@rabbitmq:5672", $"@{queue.Authority}{queue.AbsolutePath}");
        Replace("VAKA_Secrets__MasterKeyFile", "/run/secrets/master_key", Path.Combine(directory, "master.key"));
        return HostProcess.StartAsync(directory, ["--environment=Production"], environment);

        void Replace(string name, string written, string here)
        {
            Assert.Contains(written, environment[name]);
            environment[name] = environment[name].Replace(written, here);
        }
    }
}
