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
    private sealed class Late<TService>(TService service, IHostApplicationLifetime lifetime) : BackgroundService
        where TService : BackgroundService
    {
        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await service.StopAsync(cancellationToken); // in its own way, before its token is cancelled
            await base.StopAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var starting = lifetime.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(stoppingToken);
            await service.StartAsync(stoppingToken);
            if (service.ExecuteTask is { } running) await running;
        }
    }
}
