using Microsoft.Extensions.Time.Testing;

namespace Vaka.Plugins.Host.Tests;

/// <summary>A clock whose time of day can be set, forward and back, as an operator or a time server does. Timestamps and timers go on
/// evenly.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly FakeTimeProvider steady = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TimeSpan off;

    public override long TimestampFrequency => steady.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + off;

    public override long GetTimestamp() => steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        steady.CreateTimer(callback, state, dueTime, period);

    /// <summary>Time goes by.</summary>
    public void Advance(TimeSpan time) => steady.Advance(time);

    /// <summary>The time of day is set.</summary>
    public void Jump(TimeSpan by) => off += by;
}
