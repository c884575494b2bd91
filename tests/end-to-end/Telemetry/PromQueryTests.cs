namespace Vaka.Plugins.EndToEnd.Tests.Telemetry;

public class PromQueryTests
{
    private const string Live = """
        # TYPE vaka_calls_total counter
        vaka_calls_total{otel_scope_name="x",provider="webhook",outcome="succeeded"} 2
        vaka_calls_bucket{provider="webhook",le="0.5"} 2
        vaka_up 1
        """;

    [Theory]
    [InlineData("""sum by (provider, instance) (rate(vaka_calls_total{outcome!="succeeded"}[10m])) / 2 > 0.2""")]
    [InlineData("""histogram_quantile(0.95, sum by (le, provider) (rate(vaka_calls_bucket{provider=~"$provider"}[$__rate_interval])))""")]
    [InlineData("max(vaka_up)")]
    [InlineData("""up{job="vaka-plugins"} == 0""")]
    public void Missing_AllThere_IsEmpty(string query) => Assert.Empty(PromQuery.Missing(query, Live));

    [Theory]
    [InlineData("max(vaka_down)", "vaka_down")]
    [InlineData("""sum(rate(vaka_calls_total{state="dead"}[1m]))""", "vaka_calls_total: state")]
    [InlineData("sum by (action) (vaka_calls_total)", "by action")]
    [InlineData("vaka_calls_sum / vaka_calls_total > 1", "vaka_calls_sum")]
    public void Missing_SomethingElse_IsNamed(string query, string missing) => Assert.Equal([missing], PromQuery.Missing(query, Live));
}
