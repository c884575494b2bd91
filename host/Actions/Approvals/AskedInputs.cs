using System.Text;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>Shows an admin what there is to be approved as it would be sent: whoever saw only masks would approve what they do not know. The
/// audit is told before.</summary>
internal sealed class AskedInputs(IDbContextFactory<HostDbContext> databases, IPluginCatalog catalog, ProviderContracts contracts, AuditTrail audit)
{
    /// <returns>The input as UTF-8 JSON, with what is <c>[Sensitive]</c>.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.NotApproved"/>: it does not wait;
    /// <see cref="ProblemCode.Forbidden"/>: it holds a secret, which nobody is shown; <see cref="ProblemCode.IntegrationUnusable"/>: the provider, which
    /// alone knows whether it does, is not loaded.</exception>
    public async Task<byte[]> RevealAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await ApprovalDecisions.ReadAsync(database, id, caller, cancellationToken);
        if (row.State is not ExecutionState.AwaitingApproval) throw ApprovalDecisions.NotWaiting(row.State);
        if (catalog.Find(row.IntegrationType)?.Plugin is not { } plugin || plugin.FindAction(row.Action) is not { } action)
        {
            throw new ProblemException(ProblemCode.IntegrationUnusable, "Its provider is not loaded: only that knows what in the input is secret.")
            {
                Reason = Unusable.PluginNotLoaded,
            };
        }

        if (contracts.Input(plugin, action).HoldsSecrets)
            throw new ProblemException(ProblemCode.Forbidden, "This action's input can hold a secret, which is shown to nobody.");
        await audit.WriteAsync("execution.input_read", id.ToString(), caller, null, cancellationToken);
        return Encoding.UTF8.GetBytes(row.Payload ?? "{}");
    }
}
