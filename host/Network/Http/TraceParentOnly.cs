using System.Diagnostics;

namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Sends the trace's id along, so that the other side can be followed, but not the baggage that our callers put in it.</summary>
internal sealed class TraceParentOnly : DistributedContextPropagator
{
    private const string Header = "traceparent";
    private static readonly DistributedContextPropagator W3C = CreateW3CPropagator();

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is not null)
        {
            W3C.Inject(activity, carrier, SetTraceParent);
        }

        void SetTraceParent(object? to, string name, string value)
        {
            if (name == Header)
            {
                setter(to, name, value);
            }
        }
    }

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
