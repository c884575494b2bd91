using System.Diagnostics;

namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Sends the trace's id along, so that the other side can be followed, but not the baggage that our callers put in it.</summary>
internal sealed class TraceParentOnly : DistributedContextPropagator
{
    private const string Header = "traceparent";

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is not null && activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            setter(carrier, Header, id);
        }
    }

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
