using System.Diagnostics;
using Vaka.Plugins.Host.Telemetry;

namespace Vaka.Plugins.Host.Tests.Telemetry;

public sealed class SpanTagsTests : IDisposable
{
    private readonly SpanTags tags = new();

    public void Dispose() => tags.Dispose();

    [Fact]
    public void OnEnd_Unknown_IsTakenAway()
    {
        using var parent = Span();
        parent.TraceStateString = "hidden=1";
        using var span = Span().SetTag("url.full", "https://hidden/").SetTag("http.route", "/api/v1/x").SetTag("http.request.header.x", "hidden");
        span.SetStatus(ActivityStatusCode.Error, "hidden");

        tags.OnEnd(span);

        Assert.Equal([KeyValuePair.Create<string, object?>("http.route", "/api/v1/x")], span.TagObjects);
        Assert.Equal(("", null, ActivityStatusCode.Error), (span.TraceStateString, span.StatusDescription, span.Status));
        Assert.True(span.Recorded);
    }

    [Fact]
    public void OnEnd_WithAnEvent_IsNotExported()
    {
        using var span = Span();
        span.AddException(new InvalidOperationException("hidden"));

        tags.OnEnd(span);

        Assert.False(span.Recorded);
    }

    private static Activity Span() => new Activity("x") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
}
