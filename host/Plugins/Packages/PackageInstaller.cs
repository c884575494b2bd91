using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>Installs, rolls back and removes packages, for all hosts. A package is loaded and tried before it is stored: what is refused leaves
/// nothing behind.</summary>
internal sealed class PackageInstaller(
    PackageStore store, PackageDirectory directory, PublisherKeys keys, FolderLoader loader, Unloading unloading, PluginCatalog catalog,
    IEnumerable<IStoredConfigs> configs, TimeProvider time)
{
    private const int ShownIds = 20;

    /// <summary>Makes a package the one in use.</summary>
    /// <param name="content">A zip.</param>
    /// <param name="isForced">Take it though configs that can be used now could not be used with it.</param>
    /// <param name="caller">A platform admin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: it is refused, and why.</exception>
    public async Task<AddedPackage> AddAsync(byte[] content, bool isForced, Caller caller, CancellationToken cancellationToken)
    {
        DemandPlatformAdmin(caller);
        using var unpacked = directory.TryOut(content);
        var files = PackageLock.Of(unpacked.Path);
        if (keys.Refuse(files, unpacked.Signature) is { } refusal) throw Refuse(refusal);
        var result = await loader.CheckAsync(await loader.LoadAsync(unpacked.Path, isUnloadable: true, cancellationToken), passed: null, cancellationToken);
        var open = result.Open ?? throw Refuse(result.Entry.StateReason ?? "It cannot be loaded.");
        try
        {
            var trial = await TryConfigsAsync(open.Plugin, isForced, cancellationToken);
            var before = catalog.Find(open.Plugin.Type);
            var package = new PluginPackage
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                Type = open.Plugin.Type,
                Version = open.Plugin.Version,
                ConfigVersion = open.Plugin.Descriptor.ConfigVersion,
                Sha256 = PackageLock.HashOf(content),
                Lock = files.Text,
                Signature = unpacked.Signature,
                Content = content,
                AddedAt = time.GetUtcNow(),
                AddedBy = caller.Name,
            };
            await store.AddAsync(package, caller, cancellationToken);
            await catalog.RefreshAsync(cancellationToken);
            return new AddedPackage(package.Type, package.Version, before, trial);
        }
        finally
        {
            unloading.Begin(open);
        }
    }

    /// <summary>Goes back to the package before, at once.</summary>
    /// <param name="type">The provider's type.</param>
    /// <param name="restoresConfigs">Give integrations whose config was saved by the version that is left their last one before.</param>
    /// <param name="caller">A platform admin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException">As <see cref="PackageStore.RollBackAsync"/>.</exception>
    public async Task<RolledBackPackage> RollBackAsync(string type, bool restoresConfigs, Caller caller, CancellationToken cancellationToken)
    {
        DemandPlatformAdmin(caller);
        var from = await store.FindAsync(type, cancellationToken);
        await store.RollBackAsync(type, caller, cancellationToken);
        await catalog.RefreshAsync(cancellationToken);
        var version = from?.PreviousConfigVersion ?? 0; // the store saw to it that there is one
        List<Guid> newer = [];
        List<string> problems = [];
        foreach (var room in configs)
        {
            newer.AddRange(await room.FindNewerAsync(type, version, cancellationToken));
            if (restoresConfigs) problems.AddRange(await room.RestoreAsync(type, version, cancellationToken));
        }

        return new RolledBackPackage(from?.PreviousVersion ?? "", newer, problems);
    }

    /// <summary>Takes the packages of a type out; its integrations stay.</summary>
    /// <exception cref="ProblemException">As <see cref="PackageStore.RemoveAsync"/>.</exception>
    public async Task RemoveAsync(string type, Caller caller, CancellationToken cancellationToken)
    {
        DemandPlatformAdmin(caller);
        await store.RemoveAsync(type, caller, cancellationToken);
        await catalog.RefreshAsync(cancellationToken);
    }

    private async Task<ConfigTrial> TryConfigsAsync(LoadedPlugin candidate, bool isForced, CancellationToken cancellationToken)
    {
        var total = new ConfigTrial(0, []);
        foreach (var room in configs)
        {
            var trial = await room.TryAsync(candidate, cancellationToken);
            total = new ConfigTrial(total.Count + trial.Count, [.. total.Failing, .. trial.Failing]);
        }

        if (total.Failing.Count == 0 || isForced) return total;
        var more = total.Failing.Count > ShownIds ? $" and {total.Failing.Count - ShownIds} more" : "";
        throw Refuse(
            $"{total.Failing.Count} of {total.Count} integrations of {candidate.Type} could not be used with version {candidate.Version}, since their config "
            + $"does not become one of version {candidate.Descriptor.ConfigVersion}: {string.Join(", ", total.Failing.Take(ShownIds))}{more}. "
            + "Correct them first, or take it all the same with --force, through the API with force=true.");
    }

    private static void DemandPlatformAdmin(Caller caller)
    {
        if (caller is not { IsPlatform: true, Role: CallerRole.Admin })
            throw new ProblemException(ProblemCode.Forbidden, "Only a platform admin installs or removes plugins.");
    }

    private static ProblemException Refuse(string why) => new(ProblemCode.InvalidRequest, $"The package is refused. {why}");
}

/// <summary>What was installed.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Version">Its version.</param>
/// <param name="Before">What served the type before; <c>null</c>: nothing.</param>
/// <param name="Configs">What it made of the configs.</param>
internal sealed record AddedPackage(string Type, string Version, PluginEntry? Before, ConfigTrial Configs);

/// <summary>What was gone back to.</summary>
/// <param name="Version">The version in use now.</param>
/// <param name="Newer">Integrations whose config was saved by the version that was left.</param>
/// <param name="Problems">Why some of them could not be given an earlier config, when that was asked.</param>
internal sealed record RolledBackPackage(string Version, IReadOnlyList<Guid> Newer, IReadOnlyList<string> Problems);
