using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Tests.SignIn.Sso;

public sealed class SignInRateTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Add_PastTheLimit_WaitsForTheMinuteToEnd()
    {
        var rate = Rate(2);
        Assert.Null(rate.Add(IPAddress.Loopback));
        Assert.Null(rate.Add(IPAddress.Loopback));
        Assert.NotNull(rate.Add(IPAddress.Loopback));
        Assert.Null(rate.Add(IPAddress.Parse("192.0.2.1")));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(rate.Add(IPAddress.Loopback));
    }

    [Fact]
    public void IsKept_AFloodOfRefusals_KeepsAFewOfEachIntegration()
    {
        var rate = Rate(1);
        var id = Guid.NewGuid();
        Assert.Equal(SignInRate.RefusalsPerMinute, Enumerable.Range(0, 10_000).Count(_ => rate.IsKept(id)));
        Assert.True(rate.IsKept(Guid.NewGuid()));
    }

    private SignInRate Rate(int limit) => new(Options.Create(new AccessOptions { SignInRequestsPerMinute = limit }), clock);
}
