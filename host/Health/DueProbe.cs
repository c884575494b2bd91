using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Probes one integration that is due. Whatever comes of it, the next one is probed too.</summary>
internal sealed partial class DueProbe(ConfigReader reader, ProbeRunner probes, HealthBook book, ILogger<DueProbe> log)
{
    public async Task RunAsync(Integration row, CancellationToken cancellationToken)
    {
        try
        {
            var read = reader.Read(row);
            var report = read.Integration is { } integration
                ? await probes.ProbeAsync(integration, row.TenantId, isUnsaved: false, onStep: null, cancellationToken)
                : Unreadable(read);
            await book.WriteAsync(row, report, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host goes; the row is due again when its lease has run out.
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotSaved(fault, row.Id);
        }
        catch (Exception fault)
        {
            LogFaulted(fault, row.Id);
        }
    }

    private static ProbeReport Unreadable(ReadResult read) => new()
    {
        Status = HealthStatus.Error,
        Message = $"This integration cannot be used: {read.Message}",
        FailureKind = FailureKind.InvalidConfiguration,
        Duration = TimeSpan.Zero,
        Steps = [],
    };

    [LoggerMessage(LogLevel.Warning, "The health of integration {IntegrationId} could not be stored; it is probed again")]
    private partial void LogNotSaved(Exception fault, Guid integrationId);

    [LoggerMessage(LogLevel.Error, "Integration {IntegrationId} could not be probed; it is tried again")]
    private partial void LogFaulted(Exception fault, Guid integrationId);
}
