using System.Threading.Channels;

namespace Vaka.Plugins.Host.Data;

/// <summary>Gathers what many callers write at the same time into few statements: while one batch is on its way to the disk, the next one
/// gathers. Nobody waits for a batch to fill. One batch at a time: two would be half as large, and what a batch costs hardly depends on
/// its size.</summary>
/// <typeparam name="TItem">What one caller writes.</typeparam>
/// <typeparam name="TResult">What the caller is told.</typeparam>
internal sealed class GroupWriter<TItem, TResult> : IAsyncDisposable
{
    private const int Most = 500;

    private readonly Channel<Entry> waiting = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> write;
    private readonly Task writing;

    /// <param name="write">Writes a batch in one transaction and answers for each item in the same order.</param>
    public GroupWriter(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> write)
    {
        this.write = write;
        writing = Task.Run(WriteAllAsync);
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
        await writing;
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
