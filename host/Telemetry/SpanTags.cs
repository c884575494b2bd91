using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Vaka.Plugins.Host.Telemetry;

/// <summary>Lets nothing leave with a span but what is known to be harmless: paths, queries and headers may be secrets, the words of others and the text
/// of statements may hold anything. What is not on the list is taken away, whoever put it there.</summary>
internal sealed class SpanTags : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Harmless = FrozenSet.ToFrozenSet(
    [
        "db.namespace", "db.response.status_code", "db.system.name", "error.type", "http.request.method", "http.response.status_code", "http.route",
        "messaging.batch.message_count", "messaging.destination.name", "messaging.operation.name", "messaging.operation.type", "messaging.system",
        "network.protocol.version", "network.transport", "server.address", "server.port", "url.scheme", "vaka.action", "vaka.attempt",
        "vaka.execution.id", "vaka.execution.state", "vaka.provider",
    ]);

    public override void OnEnd(Activity data)
    {
        List<string>? taken = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            if (!Harmless.Contains(tag.Key)) (taken ??= []).Add(tag.Key);
        }

        foreach (var key in taken ?? []) data.SetTag(key, null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
        data.TraceStateString = ""; // null would be taken for the parent's, while that goes on

        // An event cannot be taken away. One with tags is how a database driver tells what the server said; the span around it tells of the failure.
        if (data.Events.Any(happened => happened.Tags.Any())) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
