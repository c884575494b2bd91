using System.Diagnostics;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions;

/// <summary>The spans of what is run. While nobody listens none is made, and nothing is allocated.</summary>
internal static class CallTrace
{
    /// <summary>The source of all that is run.</summary>
    public const string Source = "Vaka.Plugins.Executions";

    private static readonly ActivitySource Spans = new(Source, HostSettings.Version);

    public static bool IsOn => Spans.HasListeners();

    /// <summary>The request that is served now, as W3C <c>traceparent</c>, for what is done on its behalf later; <c>null</c>: nobody traces.</summary>
    public static string? Current => IsOn && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>One call of a provider.</summary>
    public static Activity? Call(string type, string action, Run run)
    {
        if (!IsOn) return null;
        var span = Spans.StartActivity($"call {type}/{action}");
        return Tell(span, type, action, run.Id, run.Attempt);
    }

    /// <summary>One attempt of a durable execution, within the trace of the request that it was accepted with, whichever host took that and however
    /// long ago.</summary>
    public static Activity? Attempt(WorkItem item)
    {
        if (!IsOn) return null;
        ActivityContext.TryParse(item.TraceParent, null, isRemote: true, out var parent);
        var span = Spans.StartActivity($"attempt {item.Type}/{item.Action}", ActivityKind.Consumer, parent);
        return Tell(span, item.Type, item.Action, item.Id, item.Attempt);
    }

    /// <summary>A step is written. Many are written at once, and the statement that does so is part of no trace: this is how long it was waited for.</summary>
    public static async Task<bool> StoreAsync(Task<bool> write)
    {
        using var span = Spans.StartActivity("store execution");
        return await write;
    }

    /// <summary>It failed, told by its kind alone: what a provider says may hold anything.</summary>
    public static void Failed(Activity? span, ProblemException problem) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", CallFigures.Outcome(problem));

    /// <summary>What the attempt led to.</summary>
    public static void Ended(Activity? span, EndWrite end)
    {
        if (span is null) return;
        span.SetTag("vaka.execution.state", SnakeCaseEnum.Text(end.State));
        if (end.ErrorCode is { } code)
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", end.FailureKind is { } kind ? SnakeCaseEnum.Text(kind) : code);
    }

    /// <summary>It could not be begun: that is no attempt, and there may be many.</summary>
    public static void Forget(Activity? span)
    {
        if (span is not null) span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static Activity? Tell(Activity? span, string type, string action, Guid execution, int attempt) => span is not { IsAllDataRequested: true }
        ? span
        : span.SetTag("vaka.provider", type).SetTag("vaka.action", action).SetTag("vaka.execution.id", execution.ToString("D")).SetTag("vaka.attempt", attempt);
}
