using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What is run.</summary>
internal static class ActionsRoom
{
    public static IServiceCollection AddActions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StopDeadline>();
        services.AddSingleton<ActionRunner>();
        services.AddSingleton<LiveOptions>();
        services.AddSingleton<EmailService>();
        services.AddSingleton<AgenticActionService>();
        services.AddSingleton<ExecutionStore>();
        services.AddSingleton<ExecutionRecorder>();
        services.AddSingleton<AgingRecords, OldExecutions>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionRecorder>());
        services.AddSingleton<CallLimits>();
        services.AddQueue(QueueOptions.Read(configuration));
        return services;
    }

    private static void AddQueue(this IServiceCollection services, QueueOptions options)
    {
        if (options.RabbitMq is null)
        {
            services.AddSingleton<IExecutionQueue, NoQueue>();
            return;
        }

        services.AddSingleton(options);
        services.AddSingleton<QueueFigures>();
        services.AddSingleton<RabbitQueue>();
        services.AddSingleton<IExecutionQueue>(provider => provider.GetRequiredService<RabbitQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<RabbitQueue>());
    }
}
