using System.Diagnostics;
using System.Globalization;
using Vaka.Plugins.EndToEnd.Tests.Durable;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Soak;

/// <summary>One host under a mixed load, ten seconds long, and thirty minutes with VAKA_TEST_LONG=1: everything is answered as it should, everything
/// accepted is done once, and the process does not grow. Ten seconds say nothing of memory; handles that leak show in them already.</summary>
public sealed class SoakTests : IClassFixture<DurablePostgresHost>
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1";
    private static readonly TimeSpan Span = IsLong ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = IsLong ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(1);

    /// <summary>Caches fill, pools open and code is compiled meanwhile.</summary>
    private static readonly TimeSpan WarmUp = IsLong ? TimeSpan.FromMinutes(8) : TimeSpan.FromSeconds(4);

    private readonly HostFixture fixture;

    public SoakTests(DurablePostgresHost fixture)
    {
        fixture.SkipUnlessAvailable();
        if (MailPeer.Unavailable is { } reason) Assert.Skip(reason);
        this.fixture = fixture;
    }

    [Fact]
    public async Task Host_UnderMixedLoad_AnswersAllAndDoesNotGrow()
    {
        await using var sink = await HttpPeer.StartAsync();
        var tenant = await fixture.TenantAsync();
        var load = new MixedLoad(fixture, tenant, sink.Address, IsLong ? 4 : 1);
        var running = load.RunAsync(Span);
        var sizes = await MeasureAsync(running);
        await running;
        await Eventually.TrueAsync(async () =>
            await fixture.QueryAsync($"SELECT count(*) FROM executions WHERE tenant_id = '{tenant.Id}' AND lane IS NOT NULL AND state <> 'succeeded'") is ["0"]);
        await WriteAsync(load, sizes);

        // Whatever was done was counted, and what was accepted was done once.
        var pushed = load.Done["webhook"] + load.Done["durable"] + load.Done["keyed"] + load.Done["agent"];
        Assert.All(load.Done, kind => Assert.True(kind.Value > 0, kind.Key));
        Assert.Equal(pushed, sink.Requests.Select(request => request.Header("webhook-id")).OfType<string>().Distinct().Count());
        Assert.Equal(pushed + load.Done["mail"], ProcessSize.Sum(await fixture.Admin.GetStringAsync("../../metrics"), "vaka_calls_duration_seconds_count"));
        AssertSteady(sizes, "open files", 100);
        AssertSteady(sizes, "sockets", 100);
        AssertSteady(sizes, "threads", 50);
        if (IsLong) AssertSteady(sizes, "heap, MiB", 48);
    }

    private async Task<IReadOnlyList<ProcessSize>> MeasureAsync(Task running)
    {
        var sizes = new List<ProcessSize>();
        for (var clock = Stopwatch.StartNew(); !running.IsCompleted;)
        {
            await Task.WhenAny(running, Task.Delay(Between));
            if (clock.Elapsed >= WarmUp) sizes.Add(ProcessSize.Read(clock.Elapsed, fixture.Host.Id, await fixture.Admin.GetStringAsync("../../metrics")));
        }

        return sizes;
    }

    /// <summary>What the straight line through all samples grows from the first to the last is no more than so much.</summary>
    private static void AssertSteady(IReadOnlyList<ProcessSize> sizes, string name, double most)
    {
        if (sizes.Count < 2) return; // the machine stood still
        var of = ProcessSize.Figures.Single(figure => figure.Name == name).Of;
        var growth = ProcessSize.GrowthPerHour(sizes, of) * (sizes[^1].At - sizes[0].At).TotalHours;
        Assert.True(growth <= most, $"{name} grew by {growth:0.0} in {sizes[^1].At - sizes[0].At}: {string.Join(' ', sizes.Select(size => of(size).ToString("0.#", CultureInfo.InvariantCulture)))}");
    }

    private async Task WriteAsync(MixedLoad load, IReadOnlyList<ProcessSize> sizes)
    {
        if (Environment.GetEnvironmentVariable("VAKA_TEST_FIGURES") is not { } file || sizes.Count < 2) return;
        var lines = new List<string>
        {
            $"{fixture.GetType().Name} | soak of {Span} | {string.Join(", ", load.Done.OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} {kind.Value}"))}",
        };
        lines.AddRange(ProcessSize.Figures.Select(figure => string.Create(
            CultureInfo.InvariantCulture,
            $"{fixture.GetType().Name} | {figure.Name} | first {figure.Of(sizes[0]):0.0} | last {figure.Of(sizes[^1]):0.0} | most {sizes.Max(figure.Of):0.0} | growth an hour {ProcessSize.GrowthPerHour(sizes, figure.Of):0.00}")));
        await File.AppendAllLinesAsync(file, lines);
    }
}
