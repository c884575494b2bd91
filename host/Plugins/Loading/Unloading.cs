using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Sees plugins out that have been replaced: waits for their last call, disposes their containers, unloads them, and says so when one
/// does not go.</summary>
internal sealed partial class Unloading(TimeProvider time, ILogger<Unloading> logger) : IAsyncDisposable
{
    // When to look. Each time everything is collected, which stops the process for a moment; what is left after the last is reported, and
    // looked after without that.
    private static readonly TimeSpan[] Pauses =
        [.. new[] { 0.1, 0.2, 0.5, 1, 2, 5, 10, 30 }.Select(TimeSpan.FromSeconds)];

    private static readonly TimeSpan LaterPause = TimeSpan.FromMinutes(1);

    // A plugin whose Dispose hangs must not keep its own leftovers for ever.
    private static readonly TimeSpan DisposeSpan = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RetiredPlugin, string?> leaving = new();
    private readonly CancellationTokenSource ending = new();

    /// <summary>How many are on their way out.</summary>
    public int Count => leaving.Count;

    /// <summary>What did not go, for the notes of a type.</summary>
    public IReadOnlyList<string> NotesOn(string type) =>
        [.. leaving.Where(left => left.Key.Type == type && left.Value is not null).OrderBy(left => left.Key.Version).Select(left => left.Value!)]; // said above

    /// <summary>Returns at once. Whoever calls must hold nothing of it afterwards.</summary>
    public void Begin(OpenPlugin plugin)
    {
        var retired = plugin.Retire();
        leaving[retired] = null;
        _ = Task.Run(() => SeeOutAsync(retired));
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        foreach (var retired in leaving.Keys) await ReleaseAsync(retired);
        leaving.Clear();
        ending.Dispose();
    }

    private async Task SeeOutAsync(RetiredPlugin retired)
    {
        var start = time.GetTimestamp();
        for (var round = 0; !ending.IsCancellationRequested; round++)
        {
            await Task.Delay(round < Pauses.Length ? Pauses[round] : LaterPause, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested) return;
            if (round < Pauses.Length) Collect();
            if (!retired.IsReleased && !retired.IsInUse)
            {
                await ReleaseAsync(retired);
                ForgetTypes();
                if (round < Pauses.Length) Collect();
            }

            if (retired.IsUnloaded)
            {
                leaving.TryRemove(retired, out _);
                LogUnloaded(retired.Type, retired.Version, time.GetElapsedTime(start));
                return;
            }

            if (round != Pauses.Length - 1) continue;
            var note = Describe(retired);
            leaving[retired] = note;
            LogNotUnloaded(retired.Type, note);
        }
    }

    private async Task ReleaseAsync(RetiredPlugin retired)
    {
        try
        {
            await Task.Run(retired.ReleaseAsync).WaitAsync(DisposeSpan, time);
        }
        catch (Exception exception) // a plugin's code
        {
            LogNotDisposed(exception, retired.Type, retired.Version);
        }
    }

    private static string Describe(RetiredPlugin retired) => $"Version {retired.Version} was replaced but is still in memory: " + (retired switch
    {
        { IsReleased: false } => "a call of it has not ended, or an open page shows it.",
        { UsesNewtonsoft: true } => "Newtonsoft.Json, which it uses, keeps the types that it has met. It goes when this host is restarted.",
        _ => "a thread or timer that it started, or a static event or cache that it is registered with, holds it. It goes when this host is restarted.",
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    // Reflection-based System.Text.Json keeps what it has made of types until its next use, and hot reload is the only one that it lets clear that.
    private static void ForgetTypes() => typeof(JsonSerializer).Assembly.GetType("System.Text.Json.JsonSerializerOptionsUpdateHandler")
        ?.GetMethod("ClearCache")?.Invoke(null, [null]);

    [LoggerMessage(LogLevel.Information, "Provider {Type} {Version}, which was replaced, is unloaded after {Elapsed}.")]
    private partial void LogUnloaded(string type, string version, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Warning, "Provider {Type} is not collectable. {Note}")]
    private partial void LogNotUnloaded(string type, string note);

    [LoggerMessage(LogLevel.Warning, "The services of provider {Type} {Version}, which was replaced, failed while they were disposed.")]
    private partial void LogNotDisposed(Exception exception, string type, string version);
}
