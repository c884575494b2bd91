using Microsoft.Extensions.Logging;

namespace Vaka.Plugins;

/// <summary>Everything that a provider may touch in one call: it reaches the outside, the clock, the log and its own memory through
/// here and nowhere else.</summary>
public sealed class IntegrationContext
{
    /// <summary>The integration whose config this is; a random id while an unsaved config is tested.</summary>
    public required Guid IntegrationId { get; init; }

    /// <summary>The tenant on whose behalf the call is made; <c>null</c>: the platform itself.</summary>
    public Guid? CallerTenantId { get; init; }

    /// <summary>Whose row answered: the tenant's own, or the platform-wide one.</summary>
    public required ConfigScope Scope { get; init; }

    /// <summary>The execution that this call belongs to; empty in a probe.</summary>
    public Guid ExecutionId { get; init; }

    /// <summary>Which attempt of the execution this is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The same for every attempt of one execution, at most 64 characters of <c>[A-Za-z0-9_-]</c>: what a receiver can
    /// recognise a repetition by.</summary>
    public required string DeduplicationKey { get; init; }

    /// <summary>An HTTP client whose connections are guarded and traced. It follows no redirects, keeps no cookies, and refuses an
    /// answer of more than 16 MiB. Time is bounded by the call's cancellation token. What goes wrong on the way (no such host, nobody
    /// accepts, an untrusted certificate, a broken connection, too large an answer) is thrown as <see cref="IntegrationException"/>, ready
    /// to be passed on.</summary>
    public required HttpClient Http { get; init; }

    /// <summary>Guarded connections for what is not plain HTTP.</summary>
    public required IOutboundNetwork Network { get; init; }

    /// <summary>The log of this provider. Never pass a config or a payload.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The plugin's own services, as <see cref="IIntegrationProvider.ConfigureServices"/> registered them.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>What the vendor changes behind our back: rotated tokens, cursors.</summary>
    public required IIntegrationState State { get; init; }

    /// <summary>Values that count once, on all nodes together.</summary>
    public required IOneTimeStore OneTime { get; init; }

    /// <summary>Connections and caches that outlive the call.</summary>
    public required IIntegrationResources Resources { private get; init; }

    /// <summary>Where the steps of a probe go; <c>null</c> outside a probe.</summary>
    public Action<ProbeStep>? OnStep { private get; init; }

    /// <summary>The shared thing that <paramref name="key"/> names (a connection pool, a token cache), created once for concurrent
    /// callers of the same integration with the same config. The host disposes it after its last user has finished, once the row
    /// changes or the plugin is replaced. Valid until this call ends.</summary>
    public ValueTask<T> GetOrCreateResourceAsync<T>(
        string key, Func<ResourceScope, CancellationToken, ValueTask<T>> create, CancellationToken cancellationToken)
        where T : class =>
        Resources.GetOrCreateAsync(key, create, cancellationToken);

    /// <summary>Shows a finished step of a probe at once. Does nothing outside a probe.</summary>
    public void ReportStep(ProbeStep step) => OnStep?.Invoke(step);

    /// <summary>Runs one step of a probe and reports it: as passed with the message that <paramref name="step"/> answers, or as failed
    /// with what it threw, which is thrown on.</summary>
    public async Task StepAsync(string name, Func<CancellationToken, Task<string>> step, CancellationToken cancellationToken)
    {
        var start = Clock.GetTimestamp();
        try
        {
            var message = await step(cancellationToken).ConfigureAwait(false);
            ReportStep(new ProbeStep(name, true, message, Clock.GetElapsedTime(start)));
        }
        catch (Exception exception)
        {
            var message = exception switch
            {
                IntegrationException known => known.Message,
                OperationCanceledException => "No answer in time.",
                _ => "Failed unexpectedly; the host's log has the details.",
            };
            ReportStep(new ProbeStep(name, false, message, Clock.GetElapsedTime(start)));
            throw;
        }
    }
}

/// <summary>Whose row answered.</summary>
public enum ConfigScope
{
    /// <summary>The tenant's own integration.</summary>
    Tenant,

    /// <summary>The platform-wide integration.</summary>
    Platform,
}
