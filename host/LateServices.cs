namespace Vaka.Plugins.Host;

/// <summary>Services that run in the background once the host listens: nobody's first call waits for their first rounds.</summary>
internal static class LateServices
{
    /// <summary>Registers a service that is started once everything else has started, and stopped in the order of registration as any other.</summary>
    public static IServiceCollection AddLateService<TService>(this IServiceCollection services)
        where TService : BackgroundService
    {
        if (services.All(known => known.ServiceType != typeof(TService))) services.AddSingleton<TService>();
        return services.AddHostedService<Late<TService>>();
    }

    // Itself such a service, so that one that fails ends the host as it would without.
    private sealed class Late<TService>(TService service) : BackgroundService, IHostedLifecycleService
        where TService : BackgroundService
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            started.SetResult();
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await service.StopAsync(cancellationToken); // in its own way, before its token is cancelled
            await base.StopAsync(cancellationToken);
        }

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await started.Task.WaitAsync(stoppingToken);
            await service.StartAsync(stoppingToken);
            if (service.ExecuteTask is { } running) await running;
        }
    }
}
