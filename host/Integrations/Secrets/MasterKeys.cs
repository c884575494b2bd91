using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>The current master key and, while it is being replaced, the previous one.</summary>
internal sealed class MasterKeys(IOptions<SecretsOptions> options, IOptions<DatabaseOptions> database, ILogger<MasterKeys> logger)
{
    private MasterKey? current;
    private MasterKey? previous;

    /// <summary>Encrypts what is written.</summary>
    public MasterKey Current => current ?? throw new InvalidOperationException("The secrets are not prepared yet: run SecretsStart first.");

    /// <summary>Where the current key is, for messages.</summary>
    public string? CurrentFile { get; private set; }

    public MasterKey? Find(string id) => Current.Id == id ? current : previous?.Id == id ? previous : null;

    /// <summary>Reads the keys.</summary>
    /// <param name="isFirstStart">Nothing is encrypted yet, so that a missing key of the embedded mode may be made.</param>
    /// <param name="cancellationToken">Gives up waiting for another process that is making one.</param>
    /// <exception cref="StartupException">There is none, or it cannot be read.</exception>
    public async Task OpenAsync(bool isFirstStart, CancellationToken cancellationToken)
    {
        if (current is not null) return;
        if (Absolute(options.Value.PreviousMasterKeyFile) is { } previousFile) previous = Read(previousFile);
        CurrentFile = Absolute(options.Value.MasterKeyFile);
        current = CurrentFile is not null ? Read(CurrentFile) : await OpenEmbeddedAsync(isFirstStart, cancellationToken);
    }

    private async Task<MasterKey> OpenEmbeddedAsync(bool isFirstStart, CancellationToken cancellationToken)
    {
        if (database.Value.SqliteFile is not { } databaseFile)
        {
            throw new StartupException(
                "Secrets:MasterKeyFile is not set. On PostgreSQL the master key is a file of yours, the same on every host and backed up apart "
                + $"from the database. {MasterKey.HowToMake("/etc/vaka/master.key")}");
        }

        CurrentFile = Path.Combine(Path.GetDirectoryName(databaseFile)!, "master.key"); // an absolute path of a file has a directory
        using var turn = await StartTurn.WaitAsync(databaseFile, cancellationToken);
        if (File.Exists(CurrentFile)) return Read(CurrentFile);
        if (!isFirstStart)
        {
            throw new StartupException(
                $"The master key {CurrentFile} is gone, and the database holds secrets that were encrypted under it. Put it back from your backup.");
        }

        var key = MasterKey.Create(CurrentFile);
        logger.Created(CurrentFile);
        return key;
    }

    private MasterKey Read(string file)
    {
        if (!File.Exists(file)) throw new StartupException($"There is no master key at {file}. {MasterKey.HowToMake(file)}");
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0) logger.ReadableByOthers(file);
        return MasterKey.Read(file);
    }

    private static string? Absolute(string? file) => string.IsNullOrWhiteSpace(file) ? null : Path.GetFullPath(file);
}

internal static partial class MasterKeysLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Made the master key {File}. Back it up, apart from the database: without it no stored secret can ever be read again")]
    public static partial void Created(this ILogger<MasterKeys> logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Others than the owner can read or write the master key {File}; chmod 600 it")]
    public static partial void ReadableByOthers(this ILogger<MasterKeys> logger, string file);
}
