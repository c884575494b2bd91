namespace Vaka.Plugins.Benchmarks.Servers;

/// <summary>A webhook's end in the measuring process, which hears of each arrival at once.</summary>
internal sealed class WatchedSink : IAsyncDisposable
{
    private readonly WebApplication app;
    private TaskCompletionSource arrival = new();

    private WatchedSink(WebApplication app, int port) => (this.app, Address) = (app, $"http://127.0.0.1:{port}/hook");

    public string Address { get; }

    public static async Task<WatchedSink> StartAsync()
    {
        var port = ServerProcess.FreePort();
        var sink = new WatchedSink(PlainApp.QuietBuilder(port).Build(), port);
        sink.app.MapPost("/hook", () =>
        {
            sink.arrival.TrySetResult();
            return Results.Ok();
        });
        await sink.app.StartAsync();
        return sink;
    }

    /// <summary>Ends with the next arrival from now on.</summary>
    public Task NextAsync()
    {
        arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return arrival.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
