namespace Vaka.Plugins.Host.Health;

/// <summary>Is it alive.</summary>
internal static class HealthRoom
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<ProbeRunner>();
        services.AddSingleton<IntegrationTester>();
        services.AddHostedService<HealthMonitor>();
        return services;
    }
}
