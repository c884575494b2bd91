using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What is run.</summary>
internal static class ActionsRoom
{
    public static IServiceCollection AddActions(this IServiceCollection services)
    {
        services.AddSingleton<StopDeadline>();
        services.AddSingleton<ActionRunner>();
        services.AddSingleton<LiveOptions>();
        services.AddSingleton<EmailService>();
        services.AddSingleton<AgenticActionService>();
        services.AddSingleton<ExecutionStore>();
        services.AddSingleton<ExecutionChanges>();
        services.AddSingleton<WindowReplay>();
        services.AddSingleton<ExecutionRecorder>();
        services.AddSingleton<AgingRecords, OldExecutions>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionRecorder>());
        services.AddSingleton<IWaitingLanes, NoWaitingLanes>();
        services.AddSingleton<CallLimits>();
        services.AddSingleton<IExecutionQueue, NoQueue>();
        return services;
    }
}
