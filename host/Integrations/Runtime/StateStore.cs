using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>The states of all integrations.</summary>
internal sealed class StateStore(
    IDbContextFactory<HostDbContext> contexts, KeyRing ring, SecretProtector secrets, TimeProvider clock)
{
    private readonly StateLock gate = new(contexts);

    public IIntegrationState For(Guid integrationId, Guid? tenantId) =>
        new IntegrationState(integrationId, tenantId, contexts, gate, ring, secrets, clock);
}
