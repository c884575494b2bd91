using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>The packages as this host has loaded them. It is no more than a step behind the database: see <see cref="FollowAsync"/>, of which
/// one runs at a time.</summary>
internal sealed partial class InstalledPlugins(
    PackageStore store, PackageDirectory directory, PublisherKeys keys, FolderLoader loader, ILogger<InstalledPlugins> logger)
{
    private readonly Dictionary<string, Loaded> byType = new(StringComparer.Ordinal);
    private readonly List<OpenPlugin> replaced = [];

    // When their type was switched last, as they came there.
    private readonly Dictionary<Guid, DateTimeOffset> quarantined = [];
    private bool hasSwept;

    public IEnumerable<FolderResult> Results => byType.Values.Select(loaded => loaded.Result);

    /// <summary>Loads what was installed since, beside what is in use. A version that does not load here leaves the one before in
    /// use.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var wanted = await store.ReadAsync(cancellationToken);
        foreach (var type in byType.Keys.Except(wanted.Select(package => package.Type)).ToList())
        {
            if (byType[type].Result.Open is { } open) replaced.Add(open);
            byType.Remove(type);
        }

        if (!hasSwept) directory.Sweep([.. wanted.SelectMany(package => new[] { package.PackageId, package.PreviousId ?? package.PackageId })]);
        hasSwept = true;
        foreach (var package in wanted)
        {
            var known = byType.GetValueOrDefault(package.Type);
            if (known?.PackageId == package.PackageId) continue;
            var fresh = await LoadAsync(package, cancellationToken);
            if (fresh.Open is null && known?.Result is { Open: not null } old)
            {
                var note = $"Version {package.Version} is installed but could not be loaded on this host, which goes on with {old.Entry.Version}. {fresh.Entry.StateReason}";
                LogKept(package.Type, note);
                fresh = old with { Entry = old.Entry with { Notes = [note] } };
            }
            else if (known?.Result.Open is { } before)
            {
                replaced.Add(before);
            }

            byType[package.Type] = new Loaded(package.PackageId, fresh);
        }
    }

    /// <summary>Forgets those in quarantine that an admin has enabled again since, to be loaded anew.</summary>
    public bool ForgetEnabledAgain(IReadOnlyDictionary<string, ProviderSetting> settings)
    {
        var isAny = false;
        foreach (var (type, loaded) in byType.Where(loaded => loaded.Value.Result.Entry.State is PluginState.Quarantined).ToList())
        {
            if (!settings.TryGetValue(type, out var setting) || quarantined.TryAdd(loaded.PackageId, setting.UpdatedAt) || quarantined[loaded.PackageId] == setting.UpdatedAt) continue;
            quarantined.Remove(loaded.PackageId);
            isAny |= byType.Remove(type);
        }

        return isAny;
    }

    /// <summary>Those that are no longer in use, once.</summary>
    public IReadOnlyList<OpenPlugin> TakeReplaced()
    {
        IReadOnlyList<OpenPlugin> taken = [.. replaced];
        replaced.Clear();
        return taken;
    }

    private async Task<FolderResult> LoadAsync(InstalledPackage package, CancellationToken cancellationToken)
    {
        var entry = new PluginEntry { Type = package.Type, Version = package.Version, State = PluginState.Faulted };
        FolderResult result;
        try
        {
            if (keys.Refuse(new PackageLock(package.Lock), package.Signature) is { } refusal) throw new PackageTamperedException(refusal);
            var path = await directory.ProvideAsync(package, cancellationToken);
            result = await loader.CheckAsync(await loader.LoadAsync(path, isUnloadable: true, cancellationToken), passed: null, cancellationToken);
            if (result.Open is { } open && open.Plugin.Type != package.Type)
                result = await loader.RejectAsync(result, $"It says now that its type is '{open.Plugin.Type}'.");
        }
        catch (PackageTamperedException tampered)
        {
            LogQuarantined(package.Type, package.Version, tampered.Message);
            result = new FolderResult(package.Type, entry with { State = PluginState.Quarantined, StateReason = tampered.Message });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ProviderCheckException or ProblemException)
        {
            var reason = exception is ProviderCheckException or ProblemException ? exception.Message
                : "Its package cannot be unpacked: this host needs a directory that it alone may write, see Plugins:PackageDirectory. The host's log has the details.";
            LogNotUnpacked(exception, package.Type, package.Version);
            result = new FolderResult(package.Type, entry with { StateReason = reason });
        }

        return result with { Entry = result.Entry with { Type = package.Type, Source = PluginSource.Package } };
    }

    private sealed record Loaded(Guid PackageId, FolderResult Result);

    [LoggerMessage(LogLevel.Error, "The package of provider {Type} {Version} is quarantined. {Reason}")]
    private partial void LogQuarantined(string type, string version, string reason);

    [LoggerMessage(LogLevel.Error, "Provider {Type}: {Note}")]
    private partial void LogKept(string type, string note);

    [LoggerMessage(LogLevel.Error, "The package of provider {Type} {Version} cannot be unpacked.")]
    private partial void LogNotUnpacked(Exception exception, string type, string version);
}
