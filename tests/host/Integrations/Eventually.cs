using System.Diagnostics;

namespace Vaka.Plugins.Host.Tests.Integrations;

/// <summary>Waits for what another connection or thread brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>How long it took until <paramref name="holds"/>.</summary>
    public static async Task<TimeSpan> HoldsAsync(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < Limit, "It did not happen in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        return clock.Elapsed;
    }

    public static Task<TimeSpan> HoldsAsync(Func<bool> holds) => HoldsAsync(() => Task.FromResult(holds()));
}
