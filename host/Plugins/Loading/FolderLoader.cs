using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Loads the plugin of one folder. Whatever goes wrong ends in a result, never in an exception, and always in bounded
/// time.</summary>
internal sealed partial class FolderLoader(
    IOptions<PluginsOptions> options,
    IEnumerable<IProviderCheck> checks,
    ILoggerFactory loggers,
    TimeProvider time,
    ILogger<FolderLoader> logger)
{
    private readonly string judge = PluginBuild.Judge(checks);

    public async Task<FolderResult> LoadAsync(string path, bool isUnloadable, CancellationToken cancellationToken)
    {
        var entry = new PluginEntry { Type = Path.GetFileName(path), State = PluginState.Faulted, Source = PluginSource.Folder };
        try
        {
            var folder = PluginFolder.Inspect(path);
            entry = entry with
            {
                Version = folder.Main?.Version,
                ContractVersion = folder.Main?.Contract is { } contract ? ContractCheck.Show(contract) : null,
            };
            if (folder.Refusal is { } refusal)
            {
                LogRefused(folder.Name, refusal);
                return new FolderResult(folder.Name, entry with { State = PluginState.Incompatible, StateReason = refusal });
            }

            var main = folder.Main!; // without a refusal there is one
            entry = entry with { Findings = BannedApiScan.Scan(main.Path) };
            foreach (var finding in entry.Findings) LogFinding(folder.Name, finding);

            // Told before it is opened: should somebody exchange a file meanwhile, then no later start finds these files again.
            var build = PluginBuild.Of(path, folder.Assemblies, judge);
            var open = await WithinAsync(() => OpenPlugin.Open(main, isUnloadable, loggers, time), DisposeAsync, cancellationToken);
            entry = entry with { Type = open.Plugin.Type, State = PluginState.Active, Plugin = open.Plugin };
            LogOpened(folder.Name, entry.Type);
            return new FolderResult(folder.Name, entry, open, build);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Fault(new FolderResult(Path.GetFileName(path), entry), exception);
        }
    }

    /// <summary>Puts a loaded plugin to the checks of the other rooms, unless it is the build that has passed them.</summary>
    public async Task<FolderResult> CheckAsync(FolderResult result, string? passed, CancellationToken cancellationToken)
    {
        if (result.Open is not { } open) return result;
        try
        {
            if (passed is null || passed != result.Build)
                await WithinAsync(() => RunChecks(open.Plugin), _ => ValueTask.CompletedTask, cancellationToken);
            LogLoaded(result.Entry.Type, open.Plugin.Version, result.Folder);
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync(open);
            return Fault(result, exception);
        }
    }

    /// <summary>Takes a loaded plugin out again.</summary>
    public async Task<FolderResult> RejectAsync(FolderResult result, string reason)
    {
        if (result.Open is { } open) await DisposeAsync(open);
        return Fault(result with { Entry = result.Entry with { Type = result.Folder } }, new ProviderCheckException(reason));
    }

    public async ValueTask DisposeAsync(OpenPlugin plugin)
    {
        try
        {
            await plugin.DisposeAsync();
        }
        catch (Exception exception)
        {
            LogNotDisposed(exception, plugin.Plugin.Type);
        }
    }

    private bool RunChecks(LoadedPlugin plugin)
    {
        foreach (var check in checks) check.Check(plugin);
        return true;
    }

    // On a thread of its own, which is left behind when the plugin's code never returns: no thread can be stopped from outside.
    private async Task<T> WithinAsync<T>(Func<T> load, Func<T, ValueTask> discard, CancellationToken cancellationToken)
    {
        var loading = Task.Factory.StartNew(load, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(loading, Task.Delay(options.Value.LoadTimeout, time, waiting.Token));
        await waiting.CancelAsync();
        if (first == loading) return await loading;

        _ = DiscardAsync(loading, discard);
        cancellationToken.ThrowIfCancellationRequested();
        throw new ProviderCheckException(
            $"It did not finish loading within {options.Value.LoadTimeout.TotalSeconds:0.#} seconds. A constructor or ConfigureServices must "
            + "not wait for anything; if it only is slow here, raise Plugins:LoadTimeout.");
    }

    private async Task DiscardAsync<T>(Task<T> loading, Func<T, ValueTask> discard)
    {
        try
        {
            await discard(await loading);
        }
        catch (Exception exception)
        {
            LogLateFailure(exception);
        }
    }

    private FolderResult Fault(FolderResult result, Exception exception)
    {
        var reason = exception switch
        {
            IOException or UnauthorizedAccessException =>
                "Its folder cannot be read: check its files and their permissions. The host's log has the details.",
            _ => Blame.Describe("loading", exception),
        };
        LogFaulted(exception, result.Folder, reason);
        return result.Fault(reason);
    }

    [LoggerMessage(LogLevel.Debug, "The plugin folder {Folder} holds provider {Type}.")]
    private partial void LogOpened(string folder, string type);

    [LoggerMessage(LogLevel.Information, "Provider {Type} {Version} is loaded from the plugin folder {Folder}.")]
    private partial void LogLoaded(string type, string version, string folder);

    [LoggerMessage(LogLevel.Warning, "The plugin folder {Folder} is not loaded. {Reason}")]
    private partial void LogRefused(string folder, string reason);

    [LoggerMessage(LogLevel.Error, "The plugin folder {Folder} failed to load. {Reason}")]
    private partial void LogFaulted(Exception exception, string folder, string reason);

    [LoggerMessage(LogLevel.Warning, "The plugin in folder {Folder} uses what the contract forbids: {Finding}")]
    private partial void LogFinding(string folder, string finding);

    [LoggerMessage(LogLevel.Warning, "The services of provider {Type} failed while they were disposed.")]
    private partial void LogNotDisposed(Exception exception, string type);

    [LoggerMessage(LogLevel.Warning, "A plugin that had been given up failed afterwards.")]
    private partial void LogLateFailure(Exception exception);
}
