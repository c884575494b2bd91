using System.Diagnostics;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Health;

/// <summary>The spans of probes.</summary>
internal static class ProbeTrace
{
    public const string Source = "Vaka.Plugins.Health";

    private static readonly ActivitySource Spans = new(Source, HostSettings.Version);

    public static Activity? Probe(string type) => Spans.HasListeners() ? Spans.StartActivity($"probe {type}")?.SetTag("vaka.provider", type) : null;

    public static void Ended(Activity? span, ProbeResult result)
    {
        if (result.FailureKind is { } kind) span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", SnakeCaseEnum.Text(kind));
    }
}
