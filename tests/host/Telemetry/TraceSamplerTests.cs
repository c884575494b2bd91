using System.Diagnostics;
using OpenTelemetry.Trace;
using Vaka.Plugins.Host.Telemetry;

namespace Vaka.Plugins.Host.Tests.Telemetry;

public class TraceSamplerTests
{
    [Theory]
    [InlineData(ActivityKind.Server, 1, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Consumer, 1, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, 0, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Client, 1, SamplingDecision.Drop)]
    public void ShouldSample_OfATraceThatBeginsHere_ByWhatItIsAndTheShare(ActivityKind kind, double ratio, SamplingDecision expected) => Assert.Equal(
        expected, new TraceSampler(ratio).ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "x", kind)).Decision);
}
