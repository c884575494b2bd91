using System.Threading.Channels;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.SignIn.Sso.Domains;

/// <summary>Forgets a verified domain once its integration no longer lists it: whoever lists it again has to show it again. It counts for nothing
/// as long as it is not listed, so that being late harms nobody.</summary>
internal sealed partial class ForgottenDomains(
    IntegrationChanges changes, SsoDomains domains, ILogger<ForgottenDomains> log) : BackgroundService
{
    private readonly Channel<Guid> changed =
        Channel.CreateBounded<Guid>(new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes.Subscribe(change =>
        {
            if (change.IntegrationType == SsoConnections.Type && change.TenantId is not null) changed.Writer.TryWrite(change.IntegrationId);
        });
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var id in changed.Reader.ReadAllAsync(stoppingToken)) await ForgetAsync(id, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host goes
        }
    }

    private async Task ForgetAsync(Guid integrationId, CancellationToken cancellationToken)
    {
        try
        {
            await domains.ForgetUnlistedAsync(integrationId, cancellationToken);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            LogNotForgotten(fault, integrationId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Domains that integration {IntegrationId} no longer lists could not be forgotten")]
    private partial void LogNotForgotten(Exception fault, Guid integrationId);
}
