using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.Telemetry;

/// <summary>What an operator watches.</summary>
internal static class TelemetryRoom
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("vaka-plugins", serviceVersion: HostSettings.Version))
            .WithMetrics(metrics => metrics
            .AddMeter(CallFigures.Meter, ReachRefusals.Meter, "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddPrometheusExporter());
        return services;
    }

    /// <summary><c>/metrics</c>, for keys of platform scope: what is measured concerns all tenants.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint().RequireAuthorization(AccessRoom.Platform);
}
