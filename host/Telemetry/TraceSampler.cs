using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Vaka.Plugins.Host.Telemetry;

/// <summary>Keeps a share of the traces that begin here. What only asks others by itself, a look into the database for what is due, begins none:
/// it is worth something within a call alone.</summary>
internal sealed class TraceSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind is ActivityKind.Client ? new SamplingResult(SamplingDecision.Drop) : share.ShouldSample(samplingParameters);
}
