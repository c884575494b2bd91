using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Audit;

/// <summary>Reads the events that are on the screen.</summary>
internal sealed class AuditList(AuditTrail audit, IntegrationStore integrations, ApiKeys keys)
{
    private const int PageSize = 50;

    public async Task<ShownEvents> ReadAsync(Guid? before, Caller caller, CancellationToken cancellationToken)
    {
        var events = await audit.ListAsync(before, PageSize + 1, caller, cancellationToken);
        List<AuditEvent> page = [.. events.Take(PageSize)];
        var changed = page.Select(ShownEvent.IntegrationOf).OfType<Guid>().Distinct().ToList();
        var alive = (await integrations.ReadAsync(changed, caller, cancellationToken)).ToDictionary(row => row.Id, row => row.TenantId);
        var actors = await ActorNames.ReadAsync(keys, caller, cancellationToken);
        return new ShownEvents(
            [.. page.Select(e => ShownEvent.From(e, alive, actors))], events.Count > PageSize ? page[^1].Id.ToString() : null);
    }
}
