namespace Vaka.Plugins.Host.Data;

/// <summary>Lets one process at a time prepare an SQLite database. The turn ends with its process, even a killed one.</summary>
internal sealed class StartTurn : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream held;

    private StartTurn(FileStream held) => this.held = held;

    /// <exception cref="StartupException">The directory cannot be written, or somebody keeps the turn.</exception>
    public static async Task<StartTurn> WaitAsync(string databaseFile, CancellationToken cancellationToken)
    {
        var file = databaseFile + ".starting";
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                OwnerOnly.CreateDirectory(Path.GetDirectoryName(file)!); // an absolute path of a file has one
                return new StartTurn(OwnerOnly.Open(file, FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException) when (File.Exists(file) && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(Pause, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"{file} cannot be opened: {exception.Message} Check who owns the directory.", exception);
            }
        }
    }

    public void Dispose() => held.Dispose();
}
