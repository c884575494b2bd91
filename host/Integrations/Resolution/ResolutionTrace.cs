using System.Diagnostics;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>The spans of resolutions that ask the database; those that are remembered take too little time to be told of.</summary>
internal static class ResolutionTrace
{
    public const string Source = "Vaka.Plugins.Integrations";

    private static readonly ActivitySource Spans = new(Source, HostSettings.Version);

    public static Activity? Read(string type) => Spans.HasListeners() ? Spans.StartActivity($"resolve {type}")?.SetTag("vaka.provider", type) : null;
}
