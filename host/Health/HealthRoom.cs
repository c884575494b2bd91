using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Health;

/// <summary>Is it alive.</summary>
internal static class HealthRoom
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics().AddSingleton<HealthFigures>();
        services.AddSingleton<ProbeRunner>();
        services.AddSingleton<IntegrationTester>();
        services.AddSingleton(_ => new ProbeSchedule(HealthOptions.Read(configuration), Random.Shared));
        services.AddSingleton<ProbeQueue>();
        services.AddSingleton<HealthBook>();
        services.AddSingleton<DueProbe>();
        services.AddSingleton<AgingRecords, OldProbes>();
        services.AddLateService<HealthMonitor>();
        services.AddLateService<CallWatch>();
        services.AddLateService<HealthCensus>();
        return services;
    }
}
