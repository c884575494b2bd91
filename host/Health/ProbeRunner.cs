using System.Collections.Concurrent;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Health;

/// <summary>Runs a provider's probe within its time. Whatever the provider does, the answer is a report.</summary>
internal sealed partial class ProbeRunner(ContextFactory contexts, Offences offences, HealthFigures figures, TimeProvider clock, ILogger<ProbeRunner> log)
{
    /// <summary>Longest time for a probe: an admin waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public async Task<ProbeReport> ProbeAsync(
        BoundIntegration integration, Guid? callerTenantId, bool isUnsaved, Action<ProbeStep>? onStep,
        CancellationToken cancellationToken)
    {
        using var span = ProbeTrace.Probe(integration.Plugin.Type);
        var steps = new ConcurrentQueue<ProbeStep>();
        var lease = contexts.Create(integration, new ContextRequest
        {
            CallerTenantId = callerTenantId,
            DeduplicationKey = Guid.CreateVersion7().ToString("N"),
            OnStep = step =>
            {
                steps.Enqueue(step);
                onStep?.Invoke(step);
            },
            IsUnsaved = isUnsaved,
        });
        using var limit = new CancellationTokenSource(Limit, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var start = clock.GetTimestamp();
        Task<ProbeResult>? probe = null;
        var hasBegun = false;
        ProbeResult result;
        try
        {
            // On a thread of its own: one that blocks before its first await is cut off as well.
            probe = Task.Run(
                () =>
                {
                    hasBegun = true;
                    return integration.Plugin.Provider.ProbeAsync(integration.Config, lease.Context, timeout.Token);
                },
                CancellationToken.None);
            result = ExpiryWarning.Apply(await probe.WaitAsync(Limit + Grace, clock, cancellationToken), clock.GetUtcNow());
        }
        catch (IntegrationException failure)
        {
            result = ProbeResult.Error(failure.Kind, failure.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault) when (fault is TimeoutException || timeout.IsCancellationRequested)
        {
            if (hasBegun && fault is TimeoutException && probe is { IsCompleted: false }) offences.Note(integration.Plugin, "its probe");
            result = ProbeResult.Error(FailureKind.Unavailable, $"No answer within {Limit.TotalSeconds:0} seconds.");
        }
        catch (Exception fault)
        {
            LogFaulted(fault, integration.Plugin.Type, integration.Id);
            result = ProbeResult.Error(FailureKind.Unexpected, "The probe failed unexpectedly. The host's log has the details.");
        }
        finally
        {
            await lease.DisposeAfterAsync(probe);
        }

        var duration = clock.GetElapsedTime(start);
        figures.Probed(integration.Plugin.Type, result.Status, duration);
        ProbeTrace.Ended(span, result);
        return new ProbeReport
        {
            Status = result.Status,
            Message = result.Message,
            FailureKind = result.FailureKind,
            Duration = duration,
            Steps = [.. steps],
            Expiries = result.Expiries,
        };
    }

    [LoggerMessage(LogLevel.Error, "The probe of {Type} integration {IntegrationId} threw what a provider should not throw")]
    private partial void LogFaulted(Exception fault, string type, Guid integrationId);
}
