using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Plugins.Loading;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>Who is loaded.</summary>
internal sealed partial class PluginCatalog(
    IOptions<PluginsOptions> options,
    FolderLoader loader,
    InstalledPlugins packages,
    PluginReplacements replacements,
    Unloading unloading,
    Offences offences,
    ProviderSettings settings,
    ILogger<PluginCatalog> logger) : IPluginCatalog, IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim refreshing = new(1);
    private IReadOnlyList<FolderResult> folders = [];
    private Snapshot current = Snapshot.Empty;
    private int started;

    /// <summary>Every provider, ordered by type. Empty until <see cref="LoadAsync"/> has ended.</summary>
    public IReadOnlyList<PluginEntry> Entries => Volatile.Read(ref current).Entries;

    public bool IsLoaded => !ReferenceEquals(Volatile.Read(ref current), Snapshot.Empty);

    /// <summary>The provider of that type, whatever its state; a plugin that could not be loaded answers to the name of its folder.</summary>
    public PluginEntry? Find(string type) => Volatile.Read(ref current).ByType.GetValueOrDefault(type);

    /// <summary>Loads all plugins, once. A bad plugin ends in its entry and stops neither the host nor another plugin; only a database
    /// that cannot be reached throws.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        await PublishAsync(cancellationToken);
    }

    /// <summary>The first half of <see cref="LoadAsync"/>: all that needs no database. Nobody sees them yet.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref started, 1) != 0) throw new InvalidOperationException("The plugins are loaded already.");

        var paths = FindFolders();
        folders = await Task.WhenAll(paths.Select(path => loader.LoadAsync(path, isUnloadable: false, cancellationToken)));
        folders = await GiveTypesAsync(folders);
    }

    /// <summary>The second half: checks those that have not passed yet as they are, remembers their types and shows them, as far as no admin
    /// switched them off.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var known = await settings.ReadAsync(cancellationToken);
        folders = await Task.WhenAll(folders.Select(folder => loader.CheckAsync(folder, PassedBuild(folder), cancellationToken)));
        var passed = folders.Where(folder => folder.Open is not null).ToList();
        await settings.RememberAsync(passed.Select(folder => folder.Entry.Type), known, cancellationToken);
        await settings.RememberCheckedAsync(
            passed.Where(folder => folder.Build != PassedBuild(folder)).ToDictionary(folder => folder.Entry.Type, folder => folder.Build!), // it is open
            cancellationToken);
        await RefreshAsync(cancellationToken);

        string? PassedBuild(FolderResult folder) => known.GetValueOrDefault(folder.Entry.Type)?.CheckedBuild;
    }

    /// <summary>Takes over what admins have switched and installed since, here or on another node.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // One at a time, so that an older read never overwrites a newer one.
        await refreshing.WaitAsync(cancellationToken);
        try
        {
            await packages.FollowAsync(cancellationToken);
            var known = await ReadSettingsAsync(cancellationToken);
            if (packages.ForgetEnabledAgain(known)) await packages.FollowAsync(cancellationToken);
            Volatile.Write(ref current, Snapshot.Of(folders, packages.Results, known, offences, unloading));
            RetireReplaced();
        }
        finally
        {
            refreshing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        var open = folders.Concat(packages.Results).Select(result => result.Open).OfType<OpenPlugin>().ToList();
        folders = [];
        Volatile.Write(ref current, Snapshot.Empty);
        foreach (var plugin in open) await loader.DisposeAsync(plugin);
        refreshing.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<IReadOnlyDictionary<string, ProviderSetting>> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var known = await settings.ReadAsync(cancellationToken);
        var fresh = packages.Results.Where(result => result.Open is not null).Select(result => result.Entry.Type).Where(type => !known.ContainsKey(type)).ToList();
        if (fresh.Count == 0) return known;
        await settings.RememberAsync(fresh, known, cancellationToken);
        return await settings.ReadAsync(cancellationToken);
    }

    // Nobody finds them any more.
    private void RetireReplaced()
    {
        foreach (var replaced in packages.TakeReplaced())
        {
            replacements.Publish(replaced.Plugin);
            unloading.Begin(replaced);
        }
    }

    private IReadOnlyList<string> FindFolders()
    {
        var directory = options.Value.FullDirectory;
        if (Directory.Exists(directory)) return PluginFolder.List(directory);
        LogNoDirectory(directory);
        return [];
    }

    // The first folder by name has a type, whether or not it passes its checks: who serves a type must not depend on a fault.
    private async Task<IReadOnlyList<FolderResult>> GiveTypesAsync(IReadOnlyList<FolderResult> loaded)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var given = new List<FolderResult>();
        foreach (var folder in loaded)
        {
            var isTaken = folder.Open is not null && !owners.TryAdd(folder.Entry.Type, folder.Folder);
            given.Add(isTaken
                ? await loader.RejectAsync(
                    folder,
                    $"Its type '{folder.Entry.Type}' is taken by the plugin in folder '{owners[folder.Entry.Type]}': remove one of the two.")
                : folder);
        }

        return given;
    }

    [LoggerMessage(
        LogLevel.Warning, "There is no plugin directory {Directory}, so no provider is loaded. Check the setting Plugins:Directory.")]
    private partial void LogNoDirectory(string directory);

    private sealed record Snapshot(IReadOnlyList<PluginEntry> Entries, FrozenDictionary<string, PluginEntry> ByType)
    {
        public static Snapshot Empty { get; } = new([], FrozenDictionary<string, PluginEntry>.Empty);

        public static Snapshot Of(
            IReadOnlyList<FolderResult> folders, IEnumerable<FolderResult> packages, IReadOnlyDictionary<string, ProviderSetting> settings, Offences offences,
            Unloading unloading)
        {
            // A package goes before a folder, also one that cannot be used: which code serves a type must not depend on a fault.
            var installed = packages.ToDictionary(package => package.Entry.Type, StringComparer.Ordinal);
            var present = folders
                .Where(folder => folder.Open is null || !installed.ContainsKey(folder.Entry.Type))
                .Select(folder => folder.Entry)
                .Concat(installed.Values.Select(package => Annotate(package.Entry, folders, unloading)))
                .Select(entry => Apply(entry, settings.GetValueOrDefault(entry.Type), offences))
                .ToList();
            var missing = settings.Keys.Except(present.Select(entry => entry.Type)).Select(Miss);
            var entries = present.Concat(missing)
                .OrderBy(entry => entry.Type, StringComparer.Ordinal)
                .ThenBy(entry => entry.Plugin is null)
                .ToList();

            // A folder may be named like the type of another one: who is loaded answers to it.
            var byType = entries.DistinctBy(entry => entry.Type).ToFrozenDictionary(entry => entry.Type, StringComparer.Ordinal);
            return new Snapshot(entries, byType);
        }

        private static PluginEntry Annotate(PluginEntry entry, IReadOnlyList<FolderResult> folders, Unloading unloading)
        {
            var folder = folders.FirstOrDefault(folder => folder.Open is not null && folder.Entry.Type == entry.Type);
            string[] notes = folder is null ? []
                : [$"Its package is used and not version {folder.Entry.Version} in the folder '{folder.Folder}', which serves again once the package is removed."];
            return entry with { Notes = [.. notes, .. entry.Notes, .. unloading.NotesOn(entry.Type)] };
        }

        private static PluginEntry Apply(PluginEntry entry, ProviderSetting? setting, Offences offences) => entry switch
        {
            { Plugin: not null } when setting is { IsDisabled: true } => entry with
            {
                State = PluginState.Disabled,
                StateReason = "An admin switched it off for everyone. Its integrations stay; enable it to use them again.",
            },
            { Plugin: { } plugin } when offences.Judge(plugin, setting?.UpdatedAt) is { } reason =>
                entry with { State = PluginState.Quarantined, StateReason = reason, Plugin = null },
            _ => entry,
        };

        private static PluginEntry Miss(string type) => new()
        {
            Type = type,
            State = PluginState.Missing,
            StateReason = "It was loaded before, but no plugin brings it now: add its package again ('plugins add'), put its folder back into "
                + "the plugin directory and restart, or see which plugin failed to load.",
        };
    }
}
