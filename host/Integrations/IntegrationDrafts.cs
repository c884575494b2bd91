using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Makes rows of drafts within a write: of one request's, or of a whole document's.</summary>
internal sealed class IntegrationDrafts(ConfigIntake intake)
{
    public async Task<Integration> CreateAsync(IntegrationDraft draft, IntegrationWrite write, CancellationToken cancellationToken)
    {
        var row = NewRow(draft, write);
        await FillAsync(row, null, draft, draft.IsDefault, write, cancellationToken);
        await write.AddAsync(row, cancellationToken);
        return row;
    }

    public async Task<Integration> ReplaceAsync(
        Guid id, IntegrationDraft draft, int? ifMatch, IntegrationWrite write, CancellationToken cancellationToken)
    {
        var row = await write.LoadAsync(id, ifMatch, cancellationToken);
        var before = IntegrationRevision.Of(row);
        var edit = await FillAsync(row, before, draft, draft.IsDefault, write, cancellationToken);
        if (edit.HasChanges) await write.UpdateAsync(row, before, "integration.updated", cancellationToken);
        return row;
    }

    public async Task<Integration> DeleteAsync(Guid id, int? ifMatch, IntegrationWrite write, CancellationToken cancellationToken)
    {
        var row = await write.LoadAsync(id, ifMatch, cancellationToken);
        await write.Context.Set<StoredState>().Where(s => s.IntegrationId == id).ExecuteDeleteAsync(cancellationToken);
        await write.Context.Set<OneTimeToken>().Where(t => t.IntegrationId == id).ExecuteDeleteAsync(cancellationToken);
        await write.Context.Set<ActionPolicy>().Where(p => p.IntegrationId == id).ExecuteDeleteAsync(cancellationToken);
        await write.RemoveAsync(row, cancellationToken);
        return row;
    }

    /// <summary>What a draft would make of a row. Nothing is saved, and no other row is looked at.</summary>
    /// <param name="current">The row, which is changed; <c>null</c>: a new one.</param>
    /// <param name="draft">Says whether it is to be the default.</param>
    /// <param name="write">Who asks, and when.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The row as it would be, and whether there is anything to save.</returns>
    /// <inheritdoc cref="IntegrationStore.PatchAsync" path="/exception"/>
    public async Task<(Integration Row, bool HasChanges)> PreviewAsync(
        Integration? current, IntegrationDraft draft, IntegrationWrite write, CancellationToken cancellationToken)
    {
        var row = current ?? NewRow(draft, write);
        var edit = await FillAsync(
            row, current is null ? null : IntegrationRevision.Of(current), draft, row.IsDefault, write, cancellationToken);
        row.IsDefault = draft.IsDefault ?? row.IsDefault;
        return (row, edit.HasChanges);
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>.</exception>
    public static void RefuseOtherType(Integration row, string type)
    {
        if (row.IntegrationType == type) return;
        throw new ProblemException(
            ProblemCode.InvalidRequest, $"integration_type is {row.IntegrationType} and cannot change. Create another integration for {type}.");
    }

    private async Task<IntegrationEdit> FillAsync(
        Integration row, IntegrationRevision? before, IntegrationDraft draft, bool? isDefault, IntegrationWrite write,
        CancellationToken cancellationToken)
    {
        RefuseOtherType(row, draft.IntegrationType);
        var plugin = intake.Require(row.IntegrationType);
        var edit = new IntegrationEdit(row, before, intake, write);
        edit.SetName(draft.Name);
        edit.SetFallback(draft.Fallback ?? Fallback.WhenInactive);
        edit.SetSharedActions(draft.SharedActions);
        edit.SetLimits(draft.Limits ?? IntegrationLimits.None);
        edit.SetConfig(plugin, intake.Seal(new SealRequest
        {
            Contract = intake.Contract(plugin), IntegrationId = row.Id, TenantId = row.TenantId,
            Previous = before is null ? null : intake.ReadStored(plugin, row), Incoming = draft.Config,
        }));
        await edit.SetStateAsync(draft.IsActive ?? (before is null || row.IsActive), isDefault, cancellationToken);
        return edit;
    }

    private static Integration NewRow(IntegrationDraft draft, IntegrationWrite write) => new()
    {
        Id = Guid.CreateVersion7(write.Now),
        TenantId = write.Caller.TenantId,
        Name = draft.Name,
        IntegrationType = draft.IntegrationType,
        Config = "{}",
        CreatedAt = write.Now,
        CreatedBy = write.Caller.Name,
        UpdatedAt = write.Now,
        UpdatedBy = write.Caller.Name,
    };
}
