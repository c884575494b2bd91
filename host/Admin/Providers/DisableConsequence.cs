using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Providers;

/// <summary>Says what happens to callers when a provider is switched off.</summary>
internal sealed class DisableConsequence(IntegrationStore store)
{
    public async Task<string> DescribeAsync(string type, Caller caller, CancellationToken cancellationToken)
    {
        // Counted no further than one page: there may be a million.
        var query = new IntegrationQuery { IntegrationType = type, IsActive = true, AllTenants = true, Limit = IntegrationQuery.MaxLimit };
        var page = await store.ListAsync(query, caller, cancellationToken);
        var used = page switch
        {
            { Items.Count: 0 } => "No integration of it is in use now.",
            { NextCursor: not null } => $"More than {page.Items.Count} integrations of it are in use, of all tenants together.",
            { Items.Count: 1 } => "1 integration of it is in use.",
            _ => $"{page.Items.Count} integrations of it are in use, of all tenants together.",
        };
        return $"{used} Integrations keep their settings, but nothing can be run with them until the provider is enabled again: callers are refused with provider_disabled.";
    }
}
