using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Actions.Limits;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data.Retention;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Actions;

/// <summary>What is run.</summary>
internal static class ActionsRoom
{
    public static IServiceCollection AddActions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<StopDeadline>();
        services.AddSingleton<CallFigures>();
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
        services.AddLimits();
        services.AddDurable(configuration);
        services.AddIdempotency();
        services.AddApprovals(configuration);
        services.AddQueue(QueueOptions.Read(configuration));
        return services;
    }

    // What is started last is stopped first: new work, then what runs, then the sign of life.
    private static void AddDurable(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(DurableOptions.Read(configuration));
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
        services.AddLateService<LostNodes>();
        services.AddLateService<Dispatcher>();
        services.AddLateService<ParkedExecutions>();
        services.AddLateService<Backlog>();
    }

    private static void AddApprovals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(ApprovalOptions.Read(configuration));
        services.AddSingleton<PendingApprovals>();
        services.AddSingleton<ApprovalDecisions>();
        services.AddSingleton<AskedInputs>();
        services.AddLateService<ExpiredApprovals>();
    }

    private static void AddIdempotency(this IServiceCollection services)
    {
        services.AddSingleton<KeyedInsert>();
        services.AddSingleton<AnswerSeal>();
        services.AddSingleton<KeyedOutcomes>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyedOutcomes>());
        services.AddSingleton<ApprovedAnswers>();
        services.AddSingleton<IdempotentCalls>();
        services.AddSingleton<AgingRecords, OldIdempotencyKeys>();
        services.AddSingleton<ICiphertextTable, IdempotencyKeyTable>();
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
