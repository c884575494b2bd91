using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>Says what happens to callers when an integration is deleted or switched off.</summary>
internal sealed class RemovalConsequence(IntegrationStore store, IPluginCatalog catalog)
{
    public async Task<string> DescribeAsync(ShownRow row, Caller caller, CancellationToken cancellationToken)
    {
        if (!row.IsActive) return "It is not in use: nothing that runs now depends on it.";
        var name = catalog.Find(row.Type)?.Plugin?.Descriptor.DisplayName ?? row.Type;
        var active = new IntegrationQuery { IntegrationType = row.Type, IsActive = true, Status = IntegrationStatus.Active };
        var own = (await store.ListAsync(active, caller, cancellationToken)).Items.Where(other => other.Id != row.Id).ToList();
        var next = own.Find(other => other.IsDefault) ?? own.FirstOrDefault();
        if (next is not null) return row.IsDefault
            ? $"“{next.Name}” serves in its place from then on, except where a caller names this one."
            : $"Only callers that name it are affected: “{next.Name}” serves all others.";
        if (row.TenantId is null)
            return $"It is the last platform-wide {name} integration in use. Every tenant without one of its own falls back to it, and will be told: “{name} integration not configured.”";
        var platform = (await store.ListAsync(active, caller with { TenantId = null }, cancellationToken)).Items;
        return platform.Count > 0 && caller.IsPlatform
            ? $"The platform-wide “{(platform.FirstOrDefault(other => other.IsDefault) ?? platform[0]).Name}” serves this tenant from then on, unless its fallback is “never”."
            : $"It is the tenant's last {name} integration in use. A platform-wide one serves from then on if there is one; else callers are told: “{name} integration not configured.”";
    }
}
