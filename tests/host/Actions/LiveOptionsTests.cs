using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Health;
using Vaka.Plugins.Host.Tests.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Actions;

/// <summary>A provider that is asked for choices and does not come back.</summary>
public sealed class LiveOptionsTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly OptionsProvider provider = new();
    private Rooms rooms = null!; // opened before each test
    private StopDeadline stop = null!; // made before each test

    public async ValueTask InitializeAsync()
    {
        rooms = await Rooms.OpenAsync(
            database, services => services.AddSingleton<TimeProvider>(clock).AddSingleton<IPluginCatalog>(new ProbedCatalog(provider)));
        stop = new StopDeadline(lifetime, Options.Create(new HostOptions { ShutdownTimeout = ToStop }), clock);
    }

    public async ValueTask DisposeAsync()
    {
        provider.Release();
        stop.Dispose();
        await rooms.DisposeAsync();
    }

    [Fact]
    public async Task List_ProviderThatHeedsItsToken_IsCutOffAtTheLimit()
    {
        provider.Heeds = true;
        var listing = await BeginAsync();
        clock.Advance(LiveOptions.Limit);
        await AssertProblemAsync(ProblemCode.ProviderTimeout, "smtp/options did not end within 15 seconds. Try again.", listing);
    }

    [Fact]
    public async Task List_ProviderThatBlocksItsThread_IsLeftBehind()
    {
        var listing = await BeginAsync();
        clock.Advance(LiveOptions.Limit);
        Assert.False(listing.IsCompleted);
        clock.Advance(Grace);
        await AssertProblemAsync(ProblemCode.ProviderTimeout, "smtp/options did not end within 15 seconds. Try again.", listing);
    }

    [Fact]
    public async Task List_HostStops_ProviderThatHeedsItsToken_IsCutOff()
    {
        provider.Heeds = true;
        var listing = await BeginAsync();
        lifetime.StopApplication();
        clock.Advance(ToStop - StopDeadline.Reserve);
        await AssertProblemAsync(ProblemCode.HostStopping, "The host stopped before smtp/options ended. Try again.", listing);
    }

    [Fact]
    public async Task List_HostStops_ProviderThatBlocksItsThread_IsLeftBehind()
    {
        var listing = await BeginAsync();
        lifetime.StopApplication();
        clock.Advance(ToStop - StopDeadline.Reserve);
        Assert.False(listing.IsCompleted);
        clock.Advance(Grace);
        await AssertProblemAsync(ProblemCode.HostStopping, "The host stopped before smtp/options ended. Try again.", listing);
    }

    [Fact]
    public async Task List_HostStopsAlready_IsRefusedAndTheProviderNotAsked()
    {
        lifetime.StopApplication();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => ListAsync(CancellationToken.None).WaitAsync(Patience));
        Assert.Equal(ProblemCode.HostStopping, refused.Code);
        Assert.False(provider.Asked.IsCompleted);
    }

    [Fact]
    public async Task List_CallerLeaves_WaitsNoLonger()
    {
        using var leaving = new CancellationTokenSource();
        var listing = await BeginAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing.WaitAsync(Patience, CancellationToken.None));
    }

    private static async Task AssertProblemAsync(ProblemCode code, string message, Task listing)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => listing.WaitAsync(Patience));
        Assert.Equal((code, FailureKind.Unavailable, message), (problem.Code, problem.FailureKind, problem.Message));
    }

    private async Task<Task<OptionList>> BeginAsync(CancellationToken cancellationToken = default)
    {
        var listing = ListAsync(cancellationToken);
        await provider.Asked.WaitAsync(Patience, CancellationToken.None);
        return listing;
    }

    private async Task<OptionList> ListAsync(CancellationToken cancellationToken)
    {
        var row = await rooms.AddAsync(Guid.NewGuid(), "Mail");
        var options = new LiveOptions(
            rooms.Get<IntegrationStore>(), rooms.Resolver, rooms.Get<ContextFactory>(), stop, rooms.Get<Offences>(), clock, NullLogger<LiveOptions>.Instance);
        var caller = new Caller { Name = "test", Role = CallerRole.Admin, HomeTenantId = row.TenantId, TenantId = row.TenantId };
        return await options.ListAsync("smtp", new OptionsRequest("address", null), new OptionsSource(), caller, cancellationToken);
    }

    private sealed class OptionsProvider : IntegrationProvider<TestConfig>
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends with its token; else it holds its thread.</summary>
        public bool Heeds { get; set; }

        public Task Asked => asked.Task;

        public override ProviderDescriptor Descriptor { get; } = new() { Type = "smtp", DisplayName = "SMTP", Description = "For tests." };

        public override IReadOnlyList<IntegrationAction> Actions => [];

        public void Release() => released.TrySetResult();

        protected override Task<ProbeResult> ProbeAsync(TestConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
            Task.FromResult(ProbeResult.Healthy("It works."));

        protected override async Task<OptionList> GetOptionsAsync(
            OptionsRequest request, TestConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            asked.SetResult();
            if (Heeds) await Task.Delay(Timeout.Infinite, cancellationToken);
            else released.Task.Wait(CancellationToken.None);
            return new OptionList([]);
        }
    }
}
