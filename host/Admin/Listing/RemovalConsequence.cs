using System.Globalization;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>Says what happens to callers when an integration is deleted or switched off.</summary>
internal sealed class RemovalConsequence(
    IntegrationStore store, IntegrationResolver resolver, DependentTenants tenants, IPluginCatalog catalog)
{
    public async Task<string> DescribeAsync(ShownRow shown, bool isDeleted, Caller caller, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(shown.Id, caller, cancellationToken);
        var kept = isDeleted ? " Its history is kept for the audit, but it cannot be brought back here." : "";
        if (!row.IsActive) return $"It is not in use: nothing that runs now depends on it.{kept}";
        var then = await resolver.ExplainWithoutAsync(row, isDeleted, cancellationToken);
        if (then.Refusal?.Code is ProblemCode.ProviderDisabled)
            return $"Its provider is switched off for everyone: nothing that runs now depends on it.{kept}";
        var now = await resolver.ExplainAsync(row.IntegrationType, row.TenantId, null, cancellationToken);
        if (now.Resolution is { } serving && serving.Integration.Id != row.Id)
            return $"Only callers that name it are affected: “{serving.Integration.Name}” serves all others.{kept}";
        return $"{(row.TenantId is null ? await CountAsync(row, cancellationToken) : "")}{Successor(row, then)}{kept}";
    }

    private async Task<string> CountAsync(Integration row, CancellationToken cancellationToken)
    {
        var name = Name(row);
        var (count, isAll) = await tenants.CountAsync(row.IntegrationType, cancellationToken);
        return count switch
        {
            0 when isAll => "No tenant that has integrations here falls back to it. ",
            0 => $"None of the first {Words(tenants.Visited)} tenants falls back to it. ",
            1 => $"{(isAll ? "" : "At least ")}1 tenant falls back to it: it has integrations here, but none of its own for {name}. ",
            > DependentTenants.Limit => $"More than {Words(DependentTenants.Limit)} tenants fall back to it: they have integrations here, but none of their own for {name}. ",
            _ => $"{(isAll ? "" : "At least ")}{Words(count)} tenants fall back to it: they have integrations here, but none of their own for {name}. ",
        };
    }

    private static string Words(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private string Successor(Integration row, Explanation then) => then switch
    {
        { Resolution: { } next } when next.Integration.Scope is ConfigScope.Platform && row.TenantId is not null =>
            $"{Name(row)} of this tenant goes through the platform-wide “{next.Integration.Name}” from then on.",
        { Resolution: { } next } => $"“{next.Integration.Name}” serves in its place from then on, except where a caller names this one.",
        _ => $"Nothing serves in its place: callers are told “{then.Refusal?.Detail}”",
    };

    private string Name(Integration row) => catalog.Find(row.IntegrationType)?.Plugin?.Descriptor.DisplayName ?? row.IntegrationType;
}
