using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Tests.Integrations;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A host as far as its queue is concerned.</summary>
internal sealed class QueueHost : IWaitingWork, IAsyncDisposable
{
    /// <summary>A broker on a busy machine takes its time after a crash.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string address;
    private readonly ServiceProvider services;
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, long> counted = new();
    private readonly ConcurrentQueue<WaitingExecution> taken = new();

    private QueueHost(string address, int prefetch, bool takesWork)
    {
        this.address = address;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Queue:RabbitMq"] = address, ["Queue:Prefetch"] = $"{prefetch}", ["Database:Provider"] = "postgres" }).Build();
        var registered = new ServiceCollection();
        registered.AddMetrics();
        registered.AddSingleton(TimeProvider.System);
        registered.AddSingleton<ILogger<RabbitQueue>>(new Logger(Log));
        registered.AddSingleton(QueueOptions.Read(configuration));
        registered.AddSingleton<QueueFigures>();
        registered.AddSingleton<RabbitQueue>();
        if (takesWork) registered.AddSingleton<IWaitingWork>(this);
        services = registered.BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, found) =>
        {
            if (instrument.Meter.Scope == meters) found.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => counted[instrument.Name] = value);
        listener.Start();
        Queue = services.GetRequiredService<RabbitQueue>();
    }

    public RabbitQueue Queue { get; }

    public TestLog Log { get; } = new();

    /// <summary>What was offered and taken up.</summary>
    public IReadOnlyCollection<WaitingExecution> Taken => taken;

    /// <summary>Done before a batch is taken up.</summary>
    public Func<IReadOnlyList<WaitingExecution>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Starts one and waits until it is connected.</summary>
    public static async Task<QueueHost> ConnectAsync(string address, int prefetch = 50, bool takesWork = true)
    {
        var host = await StartAsync(address, prefetch, takesWork);
        await host.IsUpAsync();
        return host;
    }

    public static async Task<QueueHost> StartAsync(string address, int prefetch = 50, bool takesWork = true)
    {
        var host = new QueueHost(address, prefetch, takesWork);
        await host.Queue.StartAsync(CancellationToken.None);
        return host;
    }

    public static IReadOnlyList<WaitingExecution> Executions(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new WaitingExecution(Guid.CreateVersion7(), Guid.CreateVersion7()))];

    public async Task IsUpAsync()
    {
        for (var waited = Stopwatch.StartNew(); !Queue.IsUp; await Task.Delay(20))
            Assert.True(waited.Elapsed < Patience, $"{Queue.State}\n{string.Join('\n', Log.Lines)}");
    }

    public void Announce(IEnumerable<WaitingExecution> executions)
    {
        foreach (var execution in executions) Queue.Announce(execution);
    }

    /// <summary>What an instrument counted, or shows.</summary>
    public long Figure(string name)
    {
        listener.RecordObservableInstruments();
        return counted.GetValueOrDefault($"vaka.executions.queue.{name}");
    }

    public async Task OfferAsync(IReadOnlyList<WaitingExecution> executions, CancellationToken cancellationToken)
    {
        await Before(executions, cancellationToken);
        foreach (var execution in executions) taken.Enqueue(execution);
    }

    /// <summary>How many messages are ready in the broker, and given to nobody.</summary>
    public Task<uint> WaitingAsync() => OnChannelAsync(channel => channel.MessageCountAsync(RabbitLink.QueueName));

    /// <summary>Does something beside the host.</summary>
    public async Task<T> OnChannelAsync<T>(Func<IChannel, Task<T>> act)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        return await act(channel);
    }

    /// <summary>As the host does it.</summary>
    public async Task StopAsync()
    {
        await ((IHostedLifecycleService)Queue).StoppingAsync(CancellationToken.None);
        await Queue.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await services.DisposeAsync();
        listener.Dispose();
    }

    private sealed class Logger(TestLog log) : ILogger<RabbitQueue>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Log(logLevel, eventId, state, exception, formatter);
    }
}
