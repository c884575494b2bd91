using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Tests.Data;

namespace Vaka.Plugins.Host.Tests.Health;

public sealed class ProbeRunnerTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private HealthHost host = null!; // opened before each test

    public async ValueTask InitializeAsync() => host = await HealthHost.OpenAsync(database);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Probe_ThatHeedsItsToken_IsCutOffAtTheLimit()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Provider.Probe = async cancellationToken =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return ProbeResult.Healthy("Never.");
        };
        var probe = await StartAsync();
        await begun.Task;
        host.Clock.Advance(ProbeRunner.Limit);
        AssertCutOff(await probe);
    }

    [Fact]
    public async Task Probe_ThatHangs_IsLeftBehind()
    {
        var never = new TaskCompletionSource<ProbeResult>();
        host.Provider.Probe = _ => never.Task;
        var probe = await StartAsync();
        host.Clock.Advance(ProbeRunner.Limit + TimeSpan.FromSeconds(2));
        AssertCutOff(await probe);
        never.SetResult(ProbeResult.Healthy("Too late."));
    }

    [Fact]
    public async Task Probe_ThatBlocksItsThread_IsLeftBehind()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Provider.Probe = _ =>
        {
            begun.SetResult();
            release.Task.Wait(CancellationToken.None);
            return Task.FromResult(ProbeResult.Healthy("Too late."));
        };
        var probe = await StartAsync();
        await begun.Task;
        host.Clock.Advance(ProbeRunner.Limit + TimeSpan.FromSeconds(2));
        AssertCutOff(await probe);
        release.SetResult();
    }

    [Fact]
    public async Task Probe_ThatThrowsAnything_SaysNothingOfIt()
    {
        host.Provider.Probe = _ => throw new InvalidOperationException("Server=db;Password=hunter2");
        var report = await await StartAsync();
        Assert.Equal((HealthStatus.Error, FailureKind.Unexpected), (report.Status, report.FailureKind));
        Assert.DoesNotContain("hunter2", report.Message);
    }

    private static void AssertCutOff(ProbeReport report)
    {
        Assert.Equal((HealthStatus.Error, FailureKind.Unavailable), (report.Status, report.FailureKind));
        Assert.Equal("No answer within 30 seconds.", report.Message);
    }

    private async Task<Task<ProbeReport>> StartAsync()
    {
        var row = await host.AddAsync();
        var integration = host.Get<ConfigReader>().Read(row).Integration!; // its config is valid
        return host.Get<ProbeRunner>().ProbeAsync(integration, row.TenantId, isUnsaved: false, onStep: null, CancellationToken.None);
    }
}
