using Vaka.Plugins.Host.Health;

namespace Vaka.Plugins.Host.Tests.Health;

public class ExpiryWarningTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(30, "The certificate runs out in 30 days, on 2026-05-31: renew it. It works.")]
    [InlineData(7.5, "The certificate runs out in 8 days, on 2026-05-09: renew it. It works.")]
    [InlineData(7, "The certificate runs out in 7 days, on 2026-05-08: renew it this week. It works.")]
    [InlineData(1, "The certificate runs out within a day, on 2026-05-02: renew it now. It works.")]
    [InlineData(-2, "The certificate ran out on 2026-04-29: renew it now. It works.")]
    public void Apply_RunsOutSoon_WarnsLouderTheCloser(double days, string message)
    {
        var result = ExpiryWarning.Apply(Healthy(("The certificate", days)), Now);
        Assert.Equal((HealthStatus.Warning, message), (result.Status, result.Message));
        Assert.Single(result.Expiries);
    }

    [Fact]
    public void Apply_Several_NamesThoseThatRunOutSoon_TheNextFirst()
    {
        var result = ExpiryWarning.Apply(Healthy(("The token", 20), ("The account", 300), ("The certificate", 3)), Now);
        Assert.StartsWith("The certificate runs out in 3 days", result.Message);
        Assert.Contains("The token runs out in 20 days", result.Message);
        Assert.DoesNotContain("account", result.Message);
        Assert.Equal(3, result.Expiries.Count);
    }

    [Fact]
    public void Apply_MoreThanAMonthAway_StaysHealthy() =>
        Assert.Equal(HealthStatus.Healthy, ExpiryWarning.Apply(Healthy(("The certificate", 30.01)), Now).Status);

    [Fact]
    public void Apply_NotHealthyAnyway_KeepsItsMessage()
    {
        Expiry[] expiries = [new("The certificate", Now)];
        var warning = ProbeResult.Warning("The mailbox is full.") with { Expiries = expiries };
        var error = ProbeResult.Error(FailureKind.Unavailable, "Nobody answers.") with { Expiries = expiries };
        Assert.Same(warning, ExpiryWarning.Apply(warning, Now));
        Assert.Same(error, ExpiryWarning.Apply(error, Now));
    }

    private static ProbeResult Healthy(params (string What, double Days)[] expiries) => ProbeResult.Healthy("It works.") with
    {
        Expiries = [.. expiries.Select(expiry => new Expiry(expiry.What, Now.AddDays(expiry.Days)))],
    };
}
