using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Actions.Limits;

/// <summary>How much each integration is called.</summary>
internal static class LimitsRoom
{
    /// <summary>Needs the rooms Data and Integrations.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddSingleton<CallLimits>();
        services.AddSingleton<CallRate>();
        services.AddSingleton<Places>();
        services.AddSingleton<Breakers>();
        services.AddSingleton<PauseStore>();
        services.AddSingleton<Pauses>();
        services.AddSingleton<IFeedListener>(provider => provider.GetRequiredService<Pauses>());
        services.AddHostedService(provider => provider.GetRequiredService<Pauses>());
        return services;
    }
}
