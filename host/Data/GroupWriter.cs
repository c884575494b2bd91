using System.Threading.Channels;

namespace Vaka.Plugins.Host.Data;

/// <summary>Gathers what many callers write at the same time into few statements: while one batch is on its way to the disk, the next one
/// gathers. Nobody waits for a batch to fill.</summary>
/// <typeparam name="TItem">What one caller writes.</typeparam>
/// <typeparam name="TResult">What the caller is told.</typeparam>
internal sealed class GroupWriter<TItem, TResult> : IAsyncDisposable
{
    private const int Most = 500;

    private readonly Channel<Entry> waiting = Channel.CreateUnbounded<Entry>();
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> write;
    private readonly Task[] writers;

    /// <param name="atOnce">Batches on their way at the same time.</param>
    /// <param name="write">Writes a batch in one transaction and answers for each item in the same order.</param>
    public GroupWriter(int atOnce, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> write)
    {
        this.write = write;
        writers = [.. Enumerable.Range(0, atOnce).Select(_ => Task.Run(WriteAllAsync))];
    }

    /// <summary>Ends when it is committed; fails with what the database said.</summary>
    public Task<TResult> WriteAsync(TItem item)
    {
        var entry = new Entry(item);
        if (!waiting.Writer.TryWrite(entry)) throw new ObjectDisposedException(nameof(GroupWriter<,>));
        return entry.Done.Task;
    }

    /// <summary>What was given is written first.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await Task.WhenAll(writers);
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<Entry>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < Most && waiting.Reader.TryRead(out var entry)) batch.Add(entry);
            if (batch.Count > 0) await WriteAsync(batch);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Entry> batch)
    {
        try
        {
            var results = await write(batch.ConvertAll(entry => entry.Item));
            for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(results[i]);
        }
        catch (Exception refusal) when (batch.Count > 1 && DatabaseFault.IsRefusal(refusal))
        {
            // What can never be written must not keep back the others.
            foreach (var entry in batch) await WriteAsync([entry]);
        }
        catch (Exception fault)
        {
            foreach (var entry in batch) entry.Done.TrySetException(fault);
        }
    }

    private sealed record Entry(TItem Item)
    {
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
