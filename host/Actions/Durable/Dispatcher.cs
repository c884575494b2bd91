using System.Diagnostics;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Runs what waits: lane by lane and in turns, so that no integration keeps the others from being called. What it cannot hold stays
/// in the database, from where any host takes it.</summary>
internal sealed partial class Dispatcher(
    ExecutionQueries queries, AttemptRunner attempts, NodeLease node, HeldExecutions held, CallFigures figures, DurableOptions options,
    TimeProvider clock,
    ILogger<Dispatcher> log) : BackgroundService, IWaitingWork, IWaitingLanes
{
    /// <summary>Executions of one lane that wait in memory; more wait in the database.</summary>
    private const int MostInLane = 1_000;

    private const int MostHeld = 8_000;
    private const long MostBytes = 128 * 1024 * 1024;
    private const int LanesAtOnce = 500;
    private const int ReadsAtOnce = 4;

    /// <summary>After this it is asked again whether a lane is still blocked: an admin may have lifted what blocked it.</summary>
    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Lane> lanes = [];
    private readonly Queue<Lane> ready = new();
    private readonly SemaphoreSlim reads = new(ReadsAtOnce);
    private readonly HashSet<Task> tasks = [];
    private int running;
    private int count;
    private long bytes;
    private bool isStopping;

    /// <summary>Keeps room for an execution that is about to be accepted, so that it can be run here without a detour.</summary>
    /// <param name="id">Which.</param>
    /// <param name="laneId">Its lane.</param>
    /// <param name="isShared">Other hosts hear of it at once: only what can begin at once is kept here.</param>
    /// <returns>Whether there is room. Then either <see cref="Run"/> or <see cref="GiveUp"/> follows.</returns>
    public bool TryReserve(Guid id, Guid laneId, bool isShared)
    {
        lock (gate)
        {
            if (isStopping || count >= MostHeld || bytes >= MostBytes || !node.Holds) return false;
            var lane = LaneOf(laneId);
            var isFull = isShared ? lane.Waiting + lane.Reserved + lane.Running >= lane.AtOnce : lane.Waiting + lane.Reserved >= MostInLane;
            if (isFull || lane.MayHaveMore) return false; // what waits in the database came first
            lane.Reserved++;
            count++;
        }

        held.Add(id);
        return true;
    }

    /// <summary>Runs what room was kept for.</summary>
    public void Run(WorkItem item)
    {
        lock (gate)
        {
            LaneOf(item.Lane).Reserved--;
            count--;
            Take(item);
        }
    }

    /// <summary>It was not accepted after all.</summary>
    public void GiveUp(Guid id, Guid laneId)
    {
        lock (gate)
        {
            var lane = LaneOf(laneId);
            lane.Reserved--;
            count--;
            ForgetIfIdle(lane);
        }

        held.Remove(id);
    }

    /// <inheritdoc/>
    public void Look(Guid lane)
    {
        lock (gate)
        {
            if (isStopping) return;
            var found = LaneOf(lane);
            found.MayHaveMore = true;
            ReadIfWanted(found);
        }
    }

    /// <inheritdoc/>
    public async Task OfferAsync(IReadOnlyList<WaitingExecution> executions, CancellationToken cancellationToken)
    {
        var wanted = new List<WaitingExecution>();
        lock (gate)
        {
            if (isStopping || !node.Holds) return;
            foreach (var execution in executions)
            {
                var lane = LaneOf(execution.Lane);
                if (lane.Room > 0)
                {
                    lane.Reserved++;
                    wanted.Add(execution);
                }
                else
                {
                    lane.MayHaveMore = true;
                }
            }
        }

        IReadOnlyList<WorkItem> taken = [];
        try
        {
            if (wanted.Count > 0) taken = await queries.TakeAsync([.. wanted.Select(execution => execution.Id)], cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                foreach (var execution in wanted) LaneOf(execution.Lane).Reserved--;
                foreach (var item in taken) Take(item);
                foreach (var lane in wanted.Select(execution => execution.Lane).Distinct()) ForgetIfIdle(LaneOf(lane));
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<WorkItem>();
        Task[] running;
        lock (gate)
        {
            isStopping = true;
            ready.Clear();
            foreach (var lane in lanes.Values)
            {
                while (lane.Waiting > 0) waiting.Add(lane.Next());
            }

            running = [.. tasks];
        }

        await base.StopAsync(cancellationToken);
        await ReleaseAsync(waiting);
        await Task.WhenAll(running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        reads.Dispose();
        base.Dispose();
    }

    /// <summary>Looks for lanes in which something has become due: retries, delayed starts, and what was left to be found.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        figures.Observe(() =>
        {
            lock (gate) return (count, running);
        });
        Guid? after = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (node.Holds)
                {
                    var found = await queries.FindLanesAsync(after, LanesAtOnce, stoppingToken);
                    foreach (var lane in found.Due) Look(lane);
                    after = found.Last;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotFound(fault);
                after = null;
            }

            await Task.Delay(after is null ? options.Poll : options.Poll / 10, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // From here on under the lock, unless it says so.
    private Lane LaneOf(Guid id)
    {
        if (lanes.TryGetValue(id, out var lane)) return lane;
        return lanes[id] = new Lane(id);
    }

    private void Take(WorkItem item)
    {
        held.Add(item.Id);
        count++;
        bytes += item.Size;
        var lane = LaneOf(item.Lane);
        lane.Add(item);
        Start(lane);
    }

    private void Drop(WorkItem item)
    {
        held.Remove(item.Id);
        count--;
        bytes -= item.Size;
    }

    private void Start(Lane lane)
    {
        MakeReady(lane);
        while (running < options.ConcurrentCalls && ready.TryDequeue(out var next))
        {
            next.IsReady = false;
            if (!next.CanStart(clock.GetTimestamp())) continue;
            var item = next.Next();
            next.Running++;
            running++;
            Track(RunAsync(next, item));
            MakeReady(next);
        }

        ReadIfWanted(lane);
    }

    private void MakeReady(Lane lane)
    {
        if (lane.IsReady || isStopping || !lane.CanStart(clock.GetTimestamp())) return;
        lane.IsReady = true;
        ready.Enqueue(lane);
    }

    private void ReadIfWanted(Lane lane)
    {
        if (isStopping || !lane.WantsMore || count >= MostHeld || bytes >= MostBytes || clock.GetTimestamp() < lane.BlockedUntil) return;
        lane.IsReading = true;
        Track(ReadAsync(lane));
    }

    private void Track(Task task)
    {
        tasks.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (gate) tasks.Remove(ended);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void ForgetIfIdle(Lane lane)
    {
        if (lane.IsIdle) lanes.Remove(lane.Id);
    }

    // Not under the lock.
    private async Task RunAsync(Lane lane, WorkItem item)
    {
        await Task.Yield();
        Activity.Current = null; // whoever made room for it is not who asked for it
        AttemptEnd end;
        var isFree = false;
        try
        {
            end = await attempts.RunAsync(item, Free);
        }
        catch (Exception fault)
        {
            // A fault of ours: it is found again by those who look for what nobody knows of.
            LogFaulted(fault, item.Id);
            end = AttemptEnd.Done;
        }

        var isLeft = false;
        lock (gate)
        {
            if (!isFree)
            {
                lane.Running--;
                running--;
            }

            switch (end.Kind)
            {
                case AttemptEndKind.Done:
                    Drop(item);
                    break;
                case AttemptEndKind.Blocked when !isStopping:
                    lane.Return(item);
                    Block(lane, end.Wait);
                    break;
                case AttemptEndKind.Elsewhere when !isStopping:
                    Drop(item);
                    item.Lane = end.Lane;
                    Take(item);
                    break;
                case AttemptEndKind.Blocked or AttemptEndKind.Elsewhere:
                    Drop(item);
                    isLeft = true;
                    break;
            }

            Start(lane);
            ForgetIfIdle(lane);
        }

        if (isLeft) await ReleaseAsync([item]);

        // The next call need not wait until this one's outcome is on the disk.
        void Free(int atOnce)
        {
            isFree = true;
            lock (gate)
            {
                lane.Running--;
                running--;
                lane.AtOnce = atOnce;
                Start(lane);
            }
        }
    }

    private void Block(Lane lane, TimeSpan wait)
    {
        var limited = wait < LongestBlock ? wait : LongestBlock;
        lane.BlockedUntil = clock.GetTimestamp() + (long)(limited.TotalSeconds * clock.TimestampFrequency);
        _ = WakeAsync(lane, limited);
    }

    private async Task WakeAsync(Lane lane, TimeSpan wait)
    {
        await Task.Delay(wait + TimeSpan.FromMilliseconds(1), clock);
        lock (gate)
        {
            if (!isStopping) Start(lane);
        }
    }

    private async Task ReadAsync(Lane lane)
    {
        await Task.Yield();
        Activity.Current = null; // it reads for many
        IReadOnlyList<WorkItem> taken = [];
        var isRead = false;
        int room;
        lock (gate)
        {
            room = lane.BeginRead(clock.GetTimestamp(), clock.TimestampFrequency);
            if (room > 0) lane.MayHaveMore = false; // what is told of from now on is told of again
        }

        await reads.WaitAsync();
        try
        {
            if (node.Holds && room > 0)
            {
                taken = await queries.TakeAsync(lane.Id, room, CancellationToken.None);
                isRead = true;
            }
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotFound(fault);
        }
        finally
        {
            reads.Release();
        }

        var isLate = false;
        lock (gate)
        {
            lane.IsReading = false;
            lane.MayHaveMore |= isRead && taken.Count == room;
            isLate = isStopping;
            if (!isLate)
            {
                foreach (var item in taken) Take(item);
                if (isRead) ReadIfWanted(lane);
                ForgetIfIdle(lane);
            }
        }

        if (isLate) await ReleaseAsync(taken);
    }

    private async Task ReleaseAsync(IReadOnlyList<WorkItem> items)
    {
        if (items.Count == 0) return;
        try
        {
            await queries.ReleaseAsync(items, CancellationToken.None);
            foreach (var item in items) held.Remove(item.Id);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotReleased(fault, items.Count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database cannot say what waits; it is asked again in a moment")]
    private partial void LogNotFound(Exception fault);

    [LoggerMessage(LogLevel.Warning, "{Count} executions could not be given back; others take them over when this host's lease has run out")]
    private partial void LogNotReleased(Exception fault, int count);

    [LoggerMessage(LogLevel.Error, "Execution {ExecutionId} could not be run")]
    private partial void LogFaulted(Exception fault, Guid executionId);
}
