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
}
