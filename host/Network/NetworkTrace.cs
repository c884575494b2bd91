using System.Diagnostics;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Network;

/// <summary>The spans of connections that are not HTTP's: .NET's own client tells of those.</summary>
internal static class NetworkTrace
{
    public const string Source = "Vaka.Plugins.Network";

    private static readonly ActivitySource Spans = new(Source, HostSettings.Version);

    public static Activity? Connect(string host, int port)
    {
        if (!Spans.HasListeners()) return null;
        return Spans.StartActivity("connect", ActivityKind.Client)?
            .SetTag("network.transport", "tcp").SetTag("server.address", host).SetTag("server.port", port);
    }

    public static void Failed(Activity? span, FailureKind kind) => span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", SnakeCaseEnum.Text(kind));
}
