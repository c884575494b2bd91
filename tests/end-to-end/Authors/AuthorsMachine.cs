using System.Diagnostics;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.Authors;

/// <summary>What an author of plugins has: the SDK, and the packages of this tree in a source that holds nothing else. Packages of others come
/// from where this machine already has them, so that no feed is asked.</summary>
public sealed class AuthorsMachine : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("vaka-authors-").FullName;

    /// <summary>Ends what hangs; nothing else comes near it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(10);

    public string Packages => Path.Combine(root, "packages");

    public IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>();

    public async ValueTask InitializeAsync()
    {
        await PackAsync();
        await File.WriteAllTextAsync(
            Path.Combine(root, "nuget.config"),
            $"""<configuration><packageSources><clear /><add key="packed" value="{Packages}" /></packageSources></configuration>""");
        var home = Path.Combine(root, "home");
        Directory.CreateDirectory(Path.Combine(home, ".local", "share")); // where the SDK builds a program that is one file
        Environment = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["NUGET_PACKAGES"] = Path.Combine(root, "restored"),
            ["NUGET_FALLBACK_PACKAGES"] = HostProcess.NuGetPackages,
            // What an author does with the same machine goes on living; here it would outlive the test.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["UseSharedCompilation"] = "false",
        };
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty folder, below the configuration of the package source.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;

    /// <summary>Runs the SDK and answers what it says; it must succeed.</summary>
    public async Task<string> DotnetAsync(string directory, params string[] arguments)
    {
        var (code, said) = await TryDotnetAsync(directory, arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} ended with {code}:\n{said}");
        return said;
    }

    /// <summary>Runs the SDK and answers its code and what it says.</summary>
    public Task<(int Code, string Said)> TryDotnetAsync(string directory, params string[] arguments) => RunAsync(directory, Environment, arguments);

    // As it was built, since the programs of other tests run from the same place.
    private async Task PackAsync()
    {
        await PublishedHost.Publishing.WaitAsync();
        try
        {
            var (code, said) = await RunAsync(
                HostProcess.Repository,
                new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1" },
                "pack", "Vaka.Plugins.sln", "-c", HostProcess.Configuration, "--no-build", "-o", Packages, "-v", "quiet", "--nologo");
            Assert.True(code == 0, said);
        }
        finally
        {
            PublishedHost.Publishing.Release();
        }
    }

    /// <summary>Runs dotnet and answers its code and what it says.</summary>
    public static async Task<(int Code, string Said)> RunAsync(
        string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var run = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        using var patience = new CancellationTokenSource(Patience);
        var error = run.StandardError.ReadToEndAsync(patience.Token);
        var said = await run.StandardOutput.ReadToEndAsync(patience.Token) + await error;
        await run.WaitForExitAsync(patience.Token);
        return (run.ExitCode, said);
    }
}

/// <summary>One after the other, on packages that are made once.</summary>
[CollectionDefinition(nameof(AuthorsMachine))]
public sealed class AuthorsCollection : ICollectionFixture<AuthorsMachine>;
