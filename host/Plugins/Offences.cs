using System.Collections.Concurrent;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>Counts calls that went on after their time was over, against their token: each holds a thread or memory that nothing but the end of the
/// process gives back. A plugin that does it again and again is kept out of use on this host. That a vendor fails or is slow is no
/// offence.</summary>
internal sealed partial class Offences(TimeProvider time, ILogger<Offences> logger)
{
    public const int Limit = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, Record> byGeneration = new();

    /// <summary>One more is to be kept out of use.</summary>
    public event Action? Quarantined;

    /// <param name="plugin">Whose code it is.</param>
    /// <param name="part">What was called, such as <c>the action send_email</c>.</param>
    public void Note(LoadedPlugin plugin, string part)
    {
        var record = byGeneration.GetOrAdd(plugin.Generation, _ => new Record());
        LogOffence(plugin.Type, part);
        lock (record)
        {
            var now = time.GetTimestamp();
            record.Times.Enqueue(now);
            while (time.GetElapsedTime(record.Times.Peek(), now) > Window) record.Times.Dequeue();
            if (record.Reason is not null || record.Times.Count < Limit) return;
            record.Reason =
                $"{Limit} of its calls within {Window.Minutes} minutes went on after their time was over, the last one of {part}, so it is kept out of use on this "
                + "host. Install a version that heeds cancellation, or enable it again to try it once more. What its calls hold goes with a restart.";
            LogQuarantined(plugin.Type, record.Reason);
        }

        Quarantined?.Invoke();
    }

    /// <summary>Why it is to be kept out of use; <c>null</c>: it is not.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="switchedAt">When an admin switched its type last, on any host: one who does so afterwards lifts it.</param>
    public string? Judge(LoadedPlugin plugin, DateTimeOffset? switchedAt)
    {
        if (!byGeneration.TryGetValue(plugin.Generation, out var record)) return null;
        lock (record)
        {
            if (record.Reason is null) return null;
            record.SwitchedAt ??= switchedAt;
            if (record.SwitchedAt == switchedAt) return record.Reason;
        }

        byGeneration.TryRemove(plugin.Generation, out _);
        return null;
    }

    private sealed class Record
    {
        public Queue<long> Times { get; } = [];

        public string? Reason { get; set; }

        public DateTimeOffset? SwitchedAt { get; set; }
    }

    [LoggerMessage(LogLevel.Warning, "The provider {Type} goes on after its time was over, in {Part}: it does not heed cancellation.")]
    private partial void LogOffence(string type, string part);

    [LoggerMessage(LogLevel.Error, "The provider {Type} is quarantined. {Reason}")]
    private partial void LogQuarantined(string type, string reason);
}
