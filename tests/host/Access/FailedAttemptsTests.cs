using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Tests.Access;

public class FailedAttemptsTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly FailedAttempts attempts;

    public FailedAttemptsTests() => attempts = new FailedAttempts(Options.Create(new AccessOptions { FailedAttemptsPerMinute = 3 }), clock);

    [Fact]
    public void Add_PastTheLimit_SaysHowLongToWait()
    {
        var address = IPAddress.Parse("192.0.2.1");
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(attempts.Add(address)));
        clock.Advance(TimeSpan.FromSeconds(20));
        var refusal = attempts.Add(address);
        Assert.Equal(ProblemCode.RateLimited, refusal?.Code);
        Assert.Equal(TimeSpan.FromSeconds(40), refusal?.RetryAfter);
        Assert.Null(attempts.Add(IPAddress.Parse("192.0.2.2")));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(attempts.Add(address));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void Add_TwoAddresses_CountTogetherWhenTheyAreOneCaller(string first, string second, bool together)
    {
        for (var i = 0; i < 3; i++) attempts.Add(IPAddress.Parse(first));
        Assert.Equal(together, attempts.Add(IPAddress.Parse(second)) is not null);
    }

    [Fact]
    public void Add_MoreAddressesThanAreToldApart_AreStillLimited()
    {
        for (var i = 0; i < FailedAttempts.Addresses; i++) Assert.Null(attempts.Add(new IPAddress(0x0A000000L + i)));
        for (var i = 0; i < 3; i++) Assert.Null(attempts.Add(new IPAddress(0x0B000000L + i)));
        Assert.NotNull(attempts.Add(new IPAddress(0x0C000000L)));
    }

    [Fact]
    public void Add_WithoutAnAddress_IsCountedToo()
    {
        for (var i = 0; i < 3; i++) Assert.Null(attempts.Add(null));
        Assert.NotNull(attempts.Add(null));
    }
}
