using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What is run.</summary>
internal static class ActionsRoom
{
    public static IServiceCollection AddActions(this IServiceCollection services)
    {
        services.AddSingleton<StopDeadline>();
        services.AddSingleton<ActionRunner>();
        services.AddSingleton<ExecutionStore>();
        services.AddSingleton<LiveOptions>();
        services.AddSingleton<EmailService>();
        services.AddSingleton<AgenticActionService>();
        services.AddSingleton<ExecutionRecorder>();
        services.AddSingleton<AgingRecords, OldExecutions>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionRecorder>());
        return services;
    }
}
