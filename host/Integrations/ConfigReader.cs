namespace Vaka.Plugins.Host.Integrations;

/// <summary>Makes a stored row callable: finds its plugin, migrates, decrypts and binds its config.</summary>
internal sealed class ConfigReader
{
    /// <summary>The integration, or why it cannot be used: a stable word of the wire contract (<c>secret_undecryptable</c>,
    /// <c>plugin_not_loaded</c>, <c>needs_migration</c>, <c>invalid_config</c>) and a sentence for people.</summary>
    public ReadResult Read(Integration row) => throw new NotImplementedException();
}

/// <summary>A callable integration, or why there is none.</summary>
internal sealed record ReadResult(BoundIntegration? Integration, string? Reason, string? Message);
