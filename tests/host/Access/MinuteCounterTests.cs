using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Tests.Access;

public class MinuteCounterTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Add_WithinAMinute_Counts()
    {
        var counter = new MinuteCounter<string>(clock, 10);
        Assert.Equal((1, TimeSpan.FromSeconds(60)), counter.Add("a"));
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((2, TimeSpan.FromSeconds(1)), counter.Add("a"));
        Assert.Equal(1, counter.Add("b").Count);
    }

    [Fact]
    public void Add_AfterAMinute_StartsAnewForThatSubjectOnly()
    {
        var counter = new MinuteCounter<string>(clock, 10);
        counter.Add("a");
        clock.Advance(TimeSpan.FromSeconds(30));
        counter.Add("b");
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((1, TimeSpan.FromSeconds(60)), counter.Add("a"));
        Assert.Equal((2, TimeSpan.FromSeconds(30)), counter.Add("b"));
    }

    [Fact]
    public void Add_MoreSubjectsThanTheLimit_ShareOneCountAndForgetNobody()
    {
        var counter = new MinuteCounter<int>(clock, 2);
        counter.Add(1);
        counter.Add(2);
        Assert.Equal([1, 2, 3], Enumerable.Range(3, 3).Select(subject => counter.Add(subject).Count));
        Assert.Equal(2, counter.Add(1).Count);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, counter.Add(3).Count);
        Assert.Equal(1, counter.Add(4).Count);
        Assert.Equal(1, counter.Add(5).Count);
    }

    [Fact]
    public async Task Add_FromManyThreads_LosesNothing()
    {
        var counter = new MinuteCounter<int>(clock, 4);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++) counter.Add(i % 4);
        })));
        Assert.All(Enumerable.Range(0, 4), subject => Assert.Equal(2001, counter.Add(subject).Count));
    }
}
