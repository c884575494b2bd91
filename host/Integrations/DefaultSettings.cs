using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>The one integration of a type that a tenant (or the platform) goes by: its default one, else its oldest.</summary>
internal sealed class DefaultSettings(IDbContextFactory<HostDbContext> databases, IntegrationStore store, IPluginCatalog catalog)
{
    public async Task<Integration?> FindAsync(string type, Caller caller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<Integration>().AsNoTracking()
            .Where(row => row.TenantId == caller.TenantId && row.IntegrationType == type)
            .OrderByDescending(row => row.IsDefault).ThenBy(row => row.CreatedAt)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Replaces its config, or creates it under the provider's name.</summary>
    public async Task<(Integration Row, bool IsNew)> SaveAsync(
        string type, JsonObject config, int? ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(type, caller, cancellationToken) is { } row)
        {
            var draft = new IntegrationDraft
            {
                Name = row.Name,
                IntegrationType = type,
                Config = config,
                Fallback = row.Fallback,
                SharedActions = row.SharedActions is { } shared ? JsonSerializer.Deserialize<string[]>(shared) : null,
                Limits = row.Limits,
            };
            return (await store.ReplaceAsync(row.Id, draft, ifMatch, caller, cancellationToken), false);
        }

        if (ifMatch is not null)
            throw new ProblemException(ProblemCode.RevisionConflict, "There is no such integration any more. Leave If-Match out to create it.");
        return (await store.CreateAsync(
            new IntegrationDraft { Name = DisplayName(type), IntegrationType = type, Config = config, IsDefault = true }, caller, cancellationToken), true);
    }

    public async Task DeleteAsync(string type, int? ifMatch, Caller caller, CancellationToken cancellationToken)
    {
        var row = await FindAsync(type, caller, cancellationToken) ?? throw NotConfigured(type);
        await store.DeleteAsync(row.Id, ifMatch, caller, cancellationToken);
    }

    public ProblemException NotConfigured(string type) => new(
        ProblemCode.IntegrationNotConfigured, $"{DisplayName(type)} integration not configured. Please configure in /integrations page.");

    private string DisplayName(string type) => catalog.Find(type)?.Plugin?.Descriptor.DisplayName ?? type;
}
