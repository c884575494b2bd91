using System.Diagnostics;
using System.Text;
using RabbitMQ.Client;

namespace Vaka.Plugins.Host.Actions.Queue;

/// <summary>The spans of the queue, by the conventions for messaging: https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq</summary>
internal static class QueueTrace
{
    public const string Source = "Vaka.Plugins.Queue";

    private const string Header = "traceparent";
    private const int HeaderLength = 55;

    private static readonly ActivitySource Spans = new(Source, HostSettings.Version);

    /// <summary>A message is sent, within the trace of the request that its execution was accepted with.</summary>
    public static Activity? Publish(WaitingExecution execution)
    {
        if (!Spans.HasListeners() || !ActivityContext.TryParse(execution.TraceParent, null, isRemote: true, out var parent)) return null;
        return Tell(Spans.StartActivity($"publish {RabbitLink.QueueName}", ActivityKind.Producer, parent), "send", "publish");
    }

    /// <summary>Messages are taken up, many at a time: each one's trace is linked to.</summary>
    public static Activity? Take(IReadOnlyList<WaitingExecution> batch)
    {
        if (!Spans.HasListeners()) return null;
        var links = new List<ActivityLink>();
        foreach (var execution in batch)
        {
            if (ActivityContext.TryParse(execution.TraceParent, null, isRemote: true, out var sender)) links.Add(new ActivityLink(sender));
        }

        if (links.Count == 0) return null; // nobody traces what these are part of
        var span = Spans.StartActivity($"process {RabbitLink.QueueName}", ActivityKind.Consumer, parentContext: default, links: links);
        return Tell(span, "process", "process")?.SetTag("messaging.batch.message_count", batch.Count);
    }

    /// <summary>Has a message carry its trace; a host that does not know the header does not mind it.</summary>
    public static BasicProperties Properties(WaitingExecution execution, Activity? publish)
    {
        var properties = new BasicProperties { Persistent = true };
        if ((publish?.Id ?? execution.TraceParent) is { } trace) properties.Headers = new Dictionary<string, object?> { [Header] = trace };
        return properties;
    }

    /// <summary>The trace that a message carries; <c>null</c>: none.</summary>
    public static string? Read(IReadOnlyBasicProperties properties) =>
        properties.Headers is { } headers && headers.TryGetValue(Header, out var value) && value is byte[] { Length: HeaderLength } trace
            ? Encoding.ASCII.GetString(trace)
            : null;

    private static Activity? Tell(Activity? span, string type, string name) => span?
        .SetTag("messaging.system", "rabbitmq").SetTag("messaging.destination.name", RabbitLink.QueueName)
        .SetTag("messaging.operation.type", type).SetTag("messaging.operation.name", name);
}
