using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Vaka.Plugins.Host.Tests.Health;

/// <summary>What many probes take, from when this is made: when they start, the memory, and how long they wait for the database.</summary>
internal sealed class ProbeFigures : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentQueue<TimeSpan> starts = new();
    private readonly List<IDisposable> subscriptions = [];
    private readonly Process self = Process.GetCurrentProcess();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly TimeSpan processor;
    private readonly long memory;
    private long mostMemory;
    private long databaseTicks;
    private int commands;

    public ProbeFigures()
    {
        (processor, memory) = (self.TotalProcessorTime, self.WorkingSet64);
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public int Starts => starts.Count;

    /// <summary>Probe starts of each second in which there were any.</summary>
    public IReadOnlyList<int> BySecond => [.. starts.GroupBy(at => (int)at.TotalSeconds).OrderBy(second => second.Key).Select(second => second.Count())];

    public void NoteStart() => starts.Enqueue(clock.Elapsed);

    /// <summary>Looks at the memory now and then.</summary>
    public void NoteMemory()
    {
        self.Refresh();
        mostMemory = Math.Max(mostMemory, self.WorkingSet64);
    }

    public async Task WriteAsync(string database, int mostAtOnce)
    {
        self.Refresh();
        var bySecond = BySecond.Order().ToList();
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{database} | {Starts} probes in {clock.Elapsed.TotalSeconds:0} s, a second {bySecond[bySecond.Count / 2]} (median) and {bySecond[^1]} (most) starts | "
            + $"{mostAtOnce} at once | memory {memory >> 20} MiB before, {mostMemory >> 20} MiB at most | "
            + $"database {TimeSpan.FromTicks(databaseTicks).TotalMilliseconds / Starts:0.00} ms and {(double)commands / Starts:0.0} statements a probe | "
            + $"processor {(self.TotalProcessorTime - processor).TotalMilliseconds / Starts:0.00} ms a probe");
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is { } file) await File.AppendAllTextAsync(file, line + "\n");
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == DbLoggerCategory.Name) subscriptions.Add(listener.Subscribe(this));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> message)
    {
        switch (message.Value)
        {
            case CommandExecutedEventData command:
                Interlocked.Add(ref databaseTicks, command.Duration.Ticks);
                Interlocked.Increment(ref commands);
                break;
            case TransactionEndEventData transaction:
                Interlocked.Add(ref databaseTicks, transaction.Duration.Ticks);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions) subscription.Dispose();
        self.Dispose();
    }
}
