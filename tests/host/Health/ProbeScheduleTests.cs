using Microsoft.Extensions.Configuration;
using Vaka.Plugins.Host.Health;

namespace Vaka.Plugins.Host.Tests.Health;

public class ProbeScheduleTests
{
    [Fact]
    public void Next_WhileItFails_BacksOffToAnHour()
    {
        var schedule = new ProbeSchedule(new HealthOptions(), new Fixed(0.5));
        Assert.Equal([15, 1, 5, 15, 30, 60, 60, 60], Enumerable.Range(0, 8).Select(failures => schedule.Next(failures).TotalMinutes));
        Assert.Equal(60, schedule.Next(int.MaxValue).TotalMinutes);
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(0.99999999, 18)]
    public void Next_Spread_IsAFifthEachWay(double drawn, double minutes) =>
        Assert.Equal(minutes, new ProbeSchedule(new HealthOptions(), new Fixed(drawn)).Next(0).TotalMinutes, precision: 3);

    [Fact]
    public void Next_ManyAtOnce_AreSpreadOverTheWholeBand()
    {
        var schedule = new ProbeSchedule(new HealthOptions { Interval = TimeSpan.FromMinutes(100) }, new Random(1));
        var minutes = Enumerable.Range(0, 4000).Select(_ => schedule.Next(0).TotalMinutes).ToList();
        Assert.All(minutes, time => Assert.InRange(time, 80, 120));
        for (var from = 80; from < 120; from += 10) Assert.InRange(minutes.Count(time => time >= from && time < from + 10), 900, 1100);
    }

    [Theory]
    [InlineData(null, 900)]
    [InlineData("00:05:00", 300)]
    [InlineData("1.00:00:00", 86400)]
    public void Options_Interval_IsRead(string? text, double seconds) => Assert.Equal(seconds, Read(text).Interval.TotalSeconds);

    [Theory]
    [InlineData("15")]
    [InlineData("00:00:01")]
    [InlineData("-00:15:00")]
    [InlineData("often")]
    public void Options_UnusableInterval_SaysWhatToGive(string text) =>
        Assert.Contains("00:15:00", Assert.Throws<StartupException>(() => Read(text)).Message);

    private static HealthOptions Read(string? text) => HealthOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Health:Interval"] = text }).Build());

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
