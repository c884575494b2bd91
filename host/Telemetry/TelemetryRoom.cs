using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Telemetry;

/// <summary>What an operator watches.</summary>
internal static class TelemetryRoom
{
    private const string Database = "Npgsql";

    // Of the pool, which alone is not told of otherwise.
    private static readonly string[] PoolFigures =
    [
        "db.client.connection.count", "db.client.connection.max", "db.client.connection.npgsql.pending_requests", "db.client.connection.npgsql.timeouts",
    ];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var options = TelemetryOptions.Read(configuration);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("vaka-plugins", serviceVersion: HostSettings.Version))
            .WithMetrics(metrics => metrics
                .AddMeter(
                    CallFigures.Meter, ReachRefusals.Meter, ResolutionFigures.Meter, HealthFigures.Meter, Database, "Microsoft.AspNetCore.Hosting",
                    "System.Runtime")
                .AddView(instrument => instrument.Meter.Name != Database ? null
                    : PoolFigures.Contains(instrument.Name) ? new MetricStreamConfiguration { TagKeys = ["db.client.connection.state"] } // the pool's name is an address
                    : MetricStreamConfiguration.Drop)
                .AddPrometheusExporter());
        return options.Endpoint is null ? services : services.AddExport(telemetry, options);
    }

    /// <summary><c>/metrics</c>, for keys of platform scope: what is measured concerns all tenants.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint().RequireAuthorization(AccessRoom.Platform);

    private static IServiceCollection AddExport(this IServiceCollection services, OpenTelemetryBuilder telemetry, TelemetryOptions options)
    {
        telemetry
            .WithTracing(traces => traces
                .AddAspNetCoreInstrumentation(requests => requests.Filter = request => !IsWatching(request.Request.Path))
                .AddSource(
                    "System.Net.Http", Database, CallTrace.Source, QueueTrace.Source, NetworkTrace.Source, ResolutionTrace.Source, ProbeTrace.Source)
                .SetSampler(new ParentBasedSampler(new TraceSampler(options.SampleRatio)))
                .AddProcessor(new SpanTags())
                .AddOtlpExporter(export => To(export, options, "traces")))
            .WithMetrics(metrics => metrics.AddOtlpExporter(export => To(export, options, "metrics")))
            .WithLogging(
                logs => logs.AddOtlpExporter(export => To(export, options, "logs")),
                logged => logged.IncludeFormattedMessage = true); // scopes stay here: they hold addresses

        // Below a warning the web server tells of addresses with their queries, and a query may be a sign-in code.
        return services.AddLogging(logging => logging.AddFilter<OpenTelemetryLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning));
    }

    // Asked every few seconds by whatever runs the host.
    private static bool IsWatching(PathString path) => path == "/healthz" || path == "/readyz" || path == "/metrics";

    private static void To(OtlpExporterOptions export, TelemetryOptions options, string signal)
    {
        export.Endpoint = options.EndpointOf(signal) ?? throw new ArgumentException("There is no endpoint.", nameof(options));
        export.Protocol = options.Protocol;
        if (options.Headers is not null) export.Headers = options.Headers;
    }
}
