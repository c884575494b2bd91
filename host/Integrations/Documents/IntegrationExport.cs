using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Writes all integrations of the caller's scope as one document. That it was done is in the audit before anybody has it.</summary>
internal sealed class IntegrationExport(
    IDbContextFactory<HostDbContext> contexts, IPluginCatalog catalog, ProviderContracts contracts, ConfigIntake intake, DocumentSecrets secrets,
    AuditTrail audit)
{
    private const int Batch = 200;

    /// <param name="format">How.</param>
    /// <param name="passphrase">Seals the secrets; <c>null</c>: they are left out.</param>
    /// <param name="caller">Whose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.TooLarge"/>; <see cref="ProblemCode.InvalidRequest"/>: the passphrase;
    /// <see cref="ProblemCode.IntegrationUnusable"/>: a secret is to be sealed and cannot be read.</exception>
    public async Task<string> WriteAsync(DocumentFormat format, string? passphrase, Caller caller, CancellationToken cancellationToken)
    {
        var made = passphrase is null ? ((DocumentSeal Seal, DocumentSealing Sealing)?)null : DocumentSeal.Create(passphrase);
        using var seal = made?.Seal;
        var items = await ReadAsync(seal, caller, cancellationToken);
        var text = DocumentText.Write(
            new IntegrationDocument
            {
                Format = IntegrationDocument.FormatName,
                Scope = DocumentSecrets.ScopeOf(caller.TenantId),
                FingerprintKey = secrets.FingerprintKey(caller.TenantId),
                Sealing = made?.Sealing,
                Integrations = items,
            },
            format);
        await audit.WriteAsync(
            "integrations.exported", "integrations", caller, new { count = items.Count, with_secrets = seal is not null }, cancellationToken);
        return text;
    }

    private async Task<IReadOnlyList<DocumentItem>> ReadAsync(DocumentSeal? seal, Caller caller, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = new List<DocumentItem>();
        long size = 0;
        for (var after = Guid.Empty; ;)
        {
            var last = after;
            var rows = await context.Set<Integration>().AsNoTracking()
                .Where(row => row.TenantId == caller.TenantId && row.Id.CompareTo(last) > 0)
                .OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                // Before it is all in memory.
                size += row.Config.Length;
                if (items.Count == IntegrationDocument.MaxIntegrations || size > 2L * IntegrationDocument.MaxBytes) throw DocumentText.TooLarge();
                items.Add(Read(row, seal));
            }

            if (rows.Count < Batch) break;
            after = rows[^1].Id;
        }

        return [.. items.OrderBy(item => item.IntegrationType, StringComparer.Ordinal).ThenBy(item => item.Name, StringComparer.Ordinal)];
    }

    private DocumentItem Read(Integration row, DocumentSeal? seal)
    {
        var plugin = catalog.Find(row.IntegrationType)?.Plugin;
        var (stored, version) = Current(row, plugin, mustBe: seal is not null);
        var open = ConfigPath.WithoutEnvelopes(stored);
        try
        {
            return new DocumentItem
            {
                Name = row.Name,
                IntegrationType = row.IntegrationType,
                ConfigVersion = version,
                IsActive = row.IsActive,
                IsDefault = row.IsDefault,
                Fallback = row.TenantId is null ? null : row.Fallback,
                SharedActions = row.SharedActions is null ? null : System.Text.Json.JsonSerializer.Deserialize<string[]>(row.SharedActions),
                Limits = row.Limits == IntegrationLimits.None ? null : row.Limits,
                Config = open,
                Secrets = secrets.Export(row, stored, open, seal is null || plugin is null ? null : (seal, contracts.Config(plugin))),
            };
        }
        catch (SecretUndecryptableException undecryptable)
        {
            throw new ProblemException(
                ProblemCode.IntegrationUnusable, $"'{row.Name}': {undecryptable.Message} Give it again, or export without secrets.", undecryptable)
            {
                Reason = Unusable.SecretUndecryptable,
            };
        }
    }

    /// <summary>The config as the provider of today has it. One that cannot be brought there is exported as it is, unless its secrets are to
    /// be sealed, which takes the provider.</summary>
    private (JsonObject Stored, int Version) Current(Integration row, LoadedPlugin? plugin, bool mustBe)
    {
        try
        {
            if (plugin is not null) return (intake.ReadStored(plugin, row), Math.Max(row.ConfigVersion, plugin.Descriptor.ConfigVersion));
            if (mustBe && ConfigPath.FindEnvelopes(ConfigDocument.Parse(row.Config)).Count > 0) intake.Require(row.IntegrationType);
        }
        catch (ProblemException refused) when (mustBe)
        {
            throw new ProblemException(refused.Code, $"'{row.Name}': {refused.Message} Its secrets cannot be sealed; export without secrets.", refused)
            {
                Reason = refused.Reason,
            };
        }
        catch (ProblemException)
        {
            // As it is.
        }

        return (ConfigDocument.Parse(row.Config), row.ConfigVersion);
    }
}
