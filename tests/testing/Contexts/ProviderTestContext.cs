using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Vaka.Plugins.Testing;

/// <summary>Makes the contexts of a provider's tests: everything in memory, the network on loopback only. Dispose it at the end of the
/// test; it disposes the provider's resources and services.</summary>
/// <example><code>
/// await using var test = new ProviderTestContext(new SmtpProvider());
/// var output = await new SendEmailAction().ExecuteAsync(input, config, test.Create(), CancellationToken.None);
/// test.Log.AssertNever("the password");
/// </code></example>
public sealed class ProviderTestContext : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly TestResources resources = new();
    private readonly ConcurrentQueue<ProbeStep> steps = new();
    private readonly Lazy<HttpClient> http;

    /// <summary>Makes one.</summary>
    /// <param name="provider">The provider whose services are offered; default: none.</param>
    /// <param name="clock">Default: a <see cref="FakeTimeProvider"/> that starts at noon on 1 January 2026, UTC.</param>
    public ProviderTestContext(IIntegrationProvider? provider = null, TimeProvider? clock = null)
    {
        Clock = clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        OneTime = new InMemoryOneTimeStore(Clock);
        http = new Lazy<HttpClient>(() => Network.CreateHttpClient(TlsOptions.Default));

        // What the host puts into a plugin's container, and nothing more.
        var collection = new ServiceCollection();
        collection.AddSingleton<ILoggerFactory>(new TestLogFactory(Log));
        collection.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        collection.AddSingleton(Clock);
        provider?.ConfigureServices(collection);
        services = collection.BuildServiceProvider();
    }

    /// <summary>The clock of every context.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The same as <see cref="Clock"/>, to be moved on.</summary>
    /// <exception cref="InvalidOperationException">Another clock was given to the constructor.</exception>
    public FakeTimeProvider FakeClock =>
        Clock as FakeTimeProvider ?? throw new InvalidOperationException("The test was given a clock of its own.");

    /// <summary>The way out; default: a <see cref="LoopbackNetwork"/>. With <see cref="StubHttp.AsNetwork"/> no socket is opened.</summary>
    public IOutboundNetwork Network { get; init; } = new LoopbackNetwork();

    /// <inheritdoc cref="IntegrationContext.IntegrationId"/>
    public Guid IntegrationId { get; set; } = Guid.CreateVersion7();

    /// <inheritdoc cref="IntegrationContext.CallerTenantId"/>
    public Guid? CallerTenantId { get; set; } = Guid.CreateVersion7();

    /// <inheritdoc cref="IntegrationContext.Scope"/>
    public ConfigScope Scope { get; set; } = ConfigScope.Tenant;

    /// <inheritdoc cref="IntegrationContext.ExecutionId"/>
    public Guid ExecutionId { get; set; } = Guid.CreateVersion7();

    /// <inheritdoc cref="IntegrationContext.Attempt"/>
    public int Attempt { get; set; } = 1;

    /// <inheritdoc cref="IntegrationContext.DeduplicationKey"/>
    public string DeduplicationKey { get; set; } = $"test_{Guid.CreateVersion7():N}";

    /// <summary>What the provider logged.</summary>
    public TestLog Log { get; } = new();

    /// <inheritdoc cref="IntegrationContext.State"/>
    public InMemoryIntegrationState State { get; init; } = new();

    /// <inheritdoc cref="IntegrationContext.OneTime"/>
    public InMemoryOneTimeStore OneTime { get; }

    /// <summary>The steps that were reported, in their order.</summary>
    public IReadOnlyList<ProbeStep> Steps => [.. steps];

    /// <summary>A context with what is set at this moment. State, resources, log and steps are shared by all contexts of this test.</summary>
    public IntegrationContext Create() => new()
    {
        IntegrationId = IntegrationId,
        CallerTenantId = CallerTenantId,
        Scope = Scope,
        ExecutionId = ExecutionId,
        Attempt = Attempt,
        DeduplicationKey = DeduplicationKey,
        Http = http.Value,
        Network = Network,
        Logger = Log,
        Clock = Clock,
        Services = services,
        State = State,
        OneTime = OneTime,
        Resources = resources.For(new ResourceScope
        {
            IntegrationId = IntegrationId, Network = Network, Logger = Log, Clock = Clock, Services = services,
        }),
        OnStep = steps.Enqueue,
    };

    /// <summary>Disposes every resource, as the host does once a row has changed; the next context starts afresh.</summary>
    public ValueTask DropResourcesAsync() => resources.DropAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await resources.DropAsync();
        await services.DisposeAsync();
        if (http.IsValueCreated)
        {
            http.Value.Dispose();
        }
    }
}
