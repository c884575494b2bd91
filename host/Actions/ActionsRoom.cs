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
        services.AddSingleton<ExecutionRecorder>();
        services.AddSingleton<AgingRecords, OldExecutions>();
        services.AddHostedService(provider => provider.GetRequiredService<ExecutionRecorder>());
        services.AddSingleton<CallLimits>();
        services.AddSingleton<IExecutionQueue, NoQueue>();
        return services.AddDurable();
    }

    // What is started last is stopped first: new work, then what runs, then the sign of life.
    private static IServiceCollection AddDurable(this IServiceCollection services)
    {
        services.AddSingleton(provider => DurableOptions.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<SoleHost>();
        services.AddSingleton<HeldExecutions>();
        services.AddSingleton<RetrySchedule>();
        services.AddSingleton<NodeLease>();
        services.AddSingleton<IHostNode>(provider => provider.GetRequiredService<NodeLease>());
        services.AddSingleton<ExecutionQueries>();
        services.AddSingleton<ExecutionWrites>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<IWaitingWork>(provider => provider.GetRequiredService<Dispatcher>());
        services.AddSingleton<IWaitingLanes>(provider => provider.GetRequiredService<Dispatcher>());
        services.AddSingleton<DurableCalls>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLease>());
        services.AddHostedService<LostNodes>();
        services.AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
        services.AddHostedService<ParkedExecutions>();
        return services;
    }
}
