using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions;

/// <summary>Asks a provider for the choices that the vendor offers for a field.</summary>
internal sealed partial class LiveOptions(
    IntegrationStore store, IntegrationResolver resolver, ContextFactory contexts, StopDeadline stop, Offences offences, TimeProvider clock,
    ILogger<LiveOptions> log)
{
    /// <summary>Longest time for a list: an admin waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>With an unsaved config that one is asked; else the saved integration that is named, or the default one.</summary>
    public async Task<OptionList> ListAsync(
        string type, OptionsRequest request, OptionsSource source, Caller caller, CancellationToken cancellationToken)
    {
        stop.RefuseNew();
        var (config, integration) = (source.Config, source.Integration);
        if (config is not null && integration is not null)
            throw new ProblemException(ProblemCode.InvalidRequest, "Give either 'config' or 'integration', not both.");
        var bound = config is not null
            ? await store.PrepareUnsavedAsync(type, config, source.ExistingId, caller, cancellationToken)
            : (await resolver.ResolveAsync(type, caller.TenantId, integration, cancellationToken)).Integration;

        // What the platform's account holds is not for its tenants to look through.
        if (config is null && bound.Scope == ConfigScope.Platform && caller.TenantId is not null)
            throw new ProblemException(ProblemCode.ActionNotShared, "The platform-wide integration does not show its choices to tenants.");

        using var limit = new CancellationTokenSource(Limit, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, stop.Reached);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.GivenUp);
        var lease = contexts.Create(bound, new ContextRequest
        {
            CallerTenantId = caller.TenantId,
            DeduplicationKey = Guid.CreateVersion7().ToString("N"),
            IsUnsaved = config is not null,
        });
        Task<OptionList>? call = null;
        var hasBegun = false;
        try
        {
            // On another thread: a provider may block before its first await.
            call = Task.Run(
                () =>
                {
                    hasBegun = true;
                    return bound.Plugin.Provider.GetOptionsAsync(request, bound.Config, lease.Context, timeout.Token);
                },
                CancellationToken.None);
            return await call.WaitAsync(Limit + CallTimeout.Grace, clock, leaving.Token)
                ?? throw new InvalidOperationException($"{type} answered no list.");
        }
        catch (IntegrationException failure)
        {
            throw ActionFailures.ToProblem(failure);
        }
        catch (OperationCanceledException) when (stop.Reached.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ActionFailures.Stopped(type, "options", isReadOnly: true);
        }
        catch (Exception fault) when (fault is TimeoutException || (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            if (hasBegun && fault is TimeoutException && call is { IsCompleted: false }) offences.Note(bound.Plugin, "reading live choices");
            throw ActionFailures.TimedOut(type, "options", Limit, isReadOnly: true);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            LogFaulted(fault, type, bound.Id);
            throw new ProblemException(ProblemCode.ProviderFailed, "The choices could not be read. The host's log has the details.", fault)
            {
                FailureKind = FailureKind.Unexpected,
            };
        }
        finally
        {
            await lease.DisposeAfterAsync(call);
        }
    }

    [LoggerMessage(LogLevel.Error, "Reading choices from {Type} integration {IntegrationId} threw what a provider should not throw")]
    private partial void LogFaulted(Exception fault, string type, Guid integrationId);
}

/// <summary>Where choices come from.</summary>
internal sealed record OptionsSource
{
    /// <summary>Not saved.</summary>
    public JsonObject? Config { get; init; }

    /// <summary>The saved integration whose secrets <see cref="Config"/> keeps; <c>null</c>: it keeps none.</summary>
    public Guid? ExistingId { get; init; }

    /// <summary>Name or id of a saved one.</summary>
    public string? Integration { get; init; }
}
