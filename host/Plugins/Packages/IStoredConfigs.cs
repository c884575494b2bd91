namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>The configs of integrations, as far as a change of their plugin concerns them. The room that keeps them brings it.</summary>
internal interface IStoredConfigs
{
    /// <summary>Migrates and binds every config of the plugin's type in memory and writes nothing.</summary>
    Task<ConfigTrial> TryAsync(LoadedPlugin candidate, CancellationToken cancellationToken);

    /// <summary>Integrations whose config was saved by a newer version of the plugin than one that knows <paramref name="configVersion"/>.</summary>
    Task<IReadOnlyList<Guid>> FindNewerAsync(string type, int configVersion, CancellationToken cancellationToken);

    /// <summary>Gives each of those its last revision that the plugin in use can read, as a new revision.</summary>
    /// <returns>Those that could not be given one, with the reason.</returns>
    Task<IReadOnlyList<string>> RestoreAsync(string type, int configVersion, CancellationToken cancellationToken);
}

/// <summary>What a new version would make of the configs that there are.</summary>
/// <param name="Count">How many were looked at.</param>
/// <param name="Failing">Integrations that can be used now and could not be with it.</param>
internal sealed record ConfigTrial(int Count, IReadOnlyList<Guid> Failing);
