using System.Diagnostics;

namespace Vaka.Plugins.EndToEnd.Tests.Hosts;

/// <summary>A host as <c>dotnet publish</c> makes it, in production. Where the tests were not given one it is published here, though not compiled
/// ahead of time, which would take minutes.</summary>
public sealed class PublishedHost : SqliteHost
{
    /// <summary>One at a time: what is published is gathered in the project's own obj/.</summary>
    internal static readonly SemaphoreSlim Publishing = new(1);

    private string Published => HostProcess.Published is { } given ? Path.GetDirectoryName(given)! : Path.Combine(Directory, "published"); // a file has a directory

    protected override IEnumerable<string> Settings => ["--environment=Production"];

    // What lies there is published as it was built: the programs of other tests run from the same place.
    protected override async Task PrepareAsync()
    {
        if (HostProcess.Published is not null) return;
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Path.Combine(HostProcess.Repository, "host"), "--no-build", "-p:BuildProjectReferences=false", "-p:PublishReadyToRun=false",
                "-c", HostProcess.Configuration, "-o", Published, "-v", "q", "--nologo",
            ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        await Publishing.WaitAsync();
        try
        {
            using var publish = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
            var said = await publish.StandardOutput.ReadToEndAsync();
            await publish.WaitForExitAsync();
            Assert.True(publish.ExitCode == 0, said);
        }
        finally
        {
            Publishing.Release();
        }
    }

    protected override Task<HostProcess> StartAsync(string[] settings) =>
        HostProcess.StartAsync(Directory, settings, Environment, Path.Combine(Published, HostProcess.ProgramName));
}
