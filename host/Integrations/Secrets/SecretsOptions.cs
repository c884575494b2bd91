namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Where the master key is. Section <c>Secrets</c>.</summary>
internal sealed class SecretsOptions
{
    public const string Section = "Secrets";

    /// <summary>A file with 32 random bytes in base64. Default on SQLite: <c>master.key</c> beside the database, made on the first start.
    /// Required on PostgreSQL.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>The key before the current one, while secrets are re-encrypted; default: none.</summary>
    public string? PreviousMasterKeyFile { get; set; }

    /// <summary>Whether admins may export integrations with their secrets, sealed with a passphrase, through the API; default: false. The command
    /// line may always.</summary>
    public bool SealedExports { get; set; }

    /// <exception cref="ProblemException"><see cref="ProblemCode.Forbidden"/>: an admin's key alone must not be enough to take secrets out.</exception>
    public void DemandSealedExports()
    {
        if (SealedExports) return;
        throw new ProblemException(ProblemCode.Forbidden,
            "Secrets are not exported through the API here. The operator allows it with Secrets:SealedExports=true, or exports with "
            + "'integrations export --passphrase-file FILE'.");
    }
}
