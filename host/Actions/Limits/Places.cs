namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>Holds the calls that run at the same time on this node to what an integration's admin allows. Another limit holds for the calls
/// that begin after it was set.</summary>
internal sealed class Places(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(Guid Integration, int Most), Room> rooms = [];

    /// <summary>Integrations of which calls run or wait.</summary>
    public int Count
    {
        get
        {
            lock (gate) return rooms.Count;
        }
    }

    /// <summary>In the order in which they came. Give the place back by disposing it.</summary>
    /// <returns><c>null</c>: none became free.</returns>
    public async ValueTask<IDisposable?> TakeAsync(Guid integration, int most, TimeSpan patience, CancellationToken cancellationToken)
    {
        var room = Join((integration, most));
        try
        {
            if (!room.Free.Wait(0, CancellationToken.None)) await WaitAsync(room.Free, patience, cancellationToken);
            return new Place(this, room);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Leave(room);
            return null;
        }
        catch
        {
            Leave(room);
            throw;
        }
    }

    private async Task WaitAsync(SemaphoreSlim free, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await free.WaitAsync(either.Token);
    }

    private Room Join((Guid Integration, int Most) key)
    {
        lock (gate)
        {
            if (!rooms.TryGetValue(key, out var room)) rooms.Add(key, room = new Room(key));
            room.Users++;
            return room;
        }
    }

    private void Leave(Room room)
    {
        lock (gate)
        {
            if (--room.Users == 0) rooms.Remove(room.Key);
        }
    }

    private sealed class Room((Guid Integration, int Most) key)
    {
        public (Guid Integration, int Most) Key { get; } = key;

        public SemaphoreSlim Free { get; } = new(key.Most); // nobody asks for its wait handle: nothing to dispose

        /// <summary>That have a place or wait for one.</summary>
        public int Users { get; set; }
    }

    private sealed class Place(Places places, Room room) : IDisposable
    {
        private int isGiven;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isGiven, 1) != 0) return;
            room.Free.Release();
            places.Leave(room);
        }
    }
}
