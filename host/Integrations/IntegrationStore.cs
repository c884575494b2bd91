using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Destinations;
using Vaka.Plugins.Host.Integrations.Listing;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>The rows as their admins see and change them. A caller reaches the rows of the one tenant it acts for, or the platform-wide
/// ones; anybody else's are not found. What a role may do is not decided here. A change that changes nothing is not saved.</summary>
internal sealed class IntegrationStore(
    IDbContextFactory<HostDbContext> contexts, IntegrationWrites writes, IntegrationDrafts drafts, ConfigIntake intake, ProviderReach reaches)
{
    /// <summary>Says nothing about whether it exists for somebody else.</summary>
    public static ProblemException NotFound() => new(ProblemCode.NotFound, "There is no such integration.");

    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public async Task<Integration> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Integration>().AsNoTracking()
            .SingleOrDefaultAsync(i => i.Id == id && i.TenantId == caller.TenantId, cancellationToken) ?? throw NotFound();
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: limit or cursor;
    /// <see cref="ProblemCode.Forbidden"/>: all tenants' rows are for the platform.</exception>
    public async Task<IntegrationPage> ListAsync(IntegrationQuery query, Caller caller, CancellationToken cancellationToken)
    {
        CheckLimit(query.Limit);
        if (query.AllTenants && !caller.IsPlatform)
            throw new ProblemException(ProblemCode.Forbidden, "Only a platform-scoped caller can list the integrations of all tenants.");

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var items = await new IntegrationPages(context, query, caller.TenantId).ReadAsync(query.Limit + 1, cancellationToken);
        if (items.Count <= query.Limit) return new IntegrationPage(items, null);
        items.RemoveAt(query.Limit);
        return new IntegrationPage(items, IntegrationQuery.WriteCursor(items[^1].Id));
    }

    /// <summary>Those of these rows that the caller reaches, such as the ones that are on a screen; a platform caller reaches all.</summary>
    public async Task<IReadOnlyList<Integration>> ReadAsync(IReadOnlyList<Guid> ids, Caller caller, CancellationToken cancellationToken)
    {
        CheckLimit(Math.Max(1, ids.Count));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<Integration>().AsNoTracking().Where(i => ids.Contains(i.Id));
        if (!caller.IsPlatform) rows = rows.Where(i => i.TenantId == caller.TenantId);
        return await rows.ToListAsync(cancellationToken);
    }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>, <see cref="ProblemCode.InvalidConfig"/>,
    /// <see cref="ProblemCode.TooLarge"/>, <see cref="ProblemCode.NameTaken"/>, <see cref="ProblemCode.IntegrationUnusable"/>: the
    /// provider is not loaded.</exception>
    public Task<Integration> CreateAsync(IntegrationDraft draft, Caller caller, CancellationToken cancellationToken) =>
        writes.RunAsync(caller, write => drafts.CreateAsync(draft, write, cancellationToken), cancellationToken);

    /// <summary>What the draft leaves out takes the default of a new one, but for being active and being the default, which stay.</summary>
    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public Task<Integration> ReplaceAsync(Guid id, IntegrationDraft draft, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        writes.RunAsync(caller, write => drafts.ReplaceAsync(id, draft, ifMatch, write, cancellationToken), cancellationToken);

    /// <exception cref="ProblemException">As <see cref="CreateAsync"/>, and <see cref="ProblemCode.NotFound"/>,
    /// <see cref="ProblemCode.RevisionConflict"/>, <see cref="ProblemCode.SecretRequired"/>.</exception>
    public Task<Integration> PatchAsync(Guid id, JsonObject mergePatch, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        EditAsync(id, ifMatch, caller, "integration.updated", cancellationToken, async (row, edit, _) =>
        {
            var patch = IntegrationPatch.Read(mergePatch);
            IntegrationDrafts.RefuseOtherType(row, patch.IntegrationType ?? row.IntegrationType);
            if (patch.Name is { } name) edit.SetName(name);
            if (patch.Fallback is { } fallback) edit.SetFallback(fallback);
            if (patch.HasSharedActions) edit.SetSharedActions(patch.SharedActions);
            if (patch.Limits is { } limits) edit.SetLimits(limits.Apply(row.Limits));
            if (patch.Config is { } config) PatchConfig(row, edit, config);
            await edit.SetStateAsync(patch.IsActive ?? row.IsActive, patch.IsDefault, cancellationToken);
        });

    /// <summary>Switches it on; also ends the error state.</summary>
    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public Task<Integration> ActivateAsync(Guid id, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        EditAsync(id, ifMatch, caller, "integration.activated", cancellationToken, async (row, edit, _) =>
        {
            edit.ClearError();
            await edit.SetStateAsync(isActive: true, isDefault: null, cancellationToken);
        });

    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public Task<Integration> DeactivateAsync(Guid id, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        EditAsync(id, ifMatch, caller, "integration.deactivated", cancellationToken, (row, edit, _) =>
            edit.SetStateAsync(isActive: false, isDefault: null, cancellationToken));

    /// <summary>Brings back config, secrets and settings of an earlier revision, as a new one. Name, state and default stay.</summary>
    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public Task<Integration> RestoreAsync(Guid id, int revision, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        EditAsync(id, ifMatch, caller, "integration.restored", cancellationToken, async (row, edit, write) =>
        {
            var earlier = await write.Context.Set<IntegrationRevision>().AsNoTracking()
                .SingleOrDefaultAsync(r => r.IntegrationId == id && r.Revision == revision, cancellationToken)
                ?? throw new ProblemException(ProblemCode.NotFound, $"This integration has no revision {revision}.");
            var plugin = intake.Require(row.IntegrationType);
            var config = intake.ReadStored(plugin, earlier);
            if (intake.Check(plugin, id, config) is { Undecryptable: not null } check) check.ThrowUnlessValid();
            edit.SetFallback(earlier.Fallback);
            edit.SetStoredSharedActions(earlier.SharedActions);
            edit.SetLimits(earlier.Limits);
            edit.SetConfig(plugin, config);
            await edit.SetStateAsync(row.IsActive, isDefault: null, cancellationToken);
        });

    /// <summary>Its revisions and audit events stay; its state, its policies and its probes go with it.</summary>
    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public Task DeleteAsync(Guid id, int? ifMatch, Caller caller, CancellationToken cancellationToken) =>
        writes.RunAsync(caller, write => drafts.DeleteAsync(id, ifMatch, write, cancellationToken), cancellationToken);

    /// <summary>The configs that were ever saved, newest first.</summary>
    /// <param name="id">The integration.</param>
    /// <param name="before">Only earlier ones than this revision; <c>null</c>: from the newest on.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>, <see cref="ProblemCode.InvalidRequest"/>.</exception>
    public async Task<IReadOnlyList<IntegrationRevision>> ListRevisionsAsync(
        Guid id, int? before, int limit, Caller caller, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        await GetAsync(id, caller, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<IntegrationRevision>().AsNoTracking()
            .Where(r => r.IntegrationId == id && (before == null || r.Revision < before))
            .OrderByDescending(r => r.Revision).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The host itself found that an integration cannot be used until an admin acts. It is no edit: the revision stays.</summary>
    /// <returns>Whether it was so marked; not when it has been changed since the revision that failed.</returns>
    public Task<bool> MarkUnusableAsync(Guid id, int revision, UnusableReason reason, CancellationToken cancellationToken) => writes.RunAsync(
        Caller.Host,
        async write =>
        {
            var rows = write.Context.Set<Integration>()
                .Where(i => i.Id == id && i.Revision == revision && i.Status == IntegrationStatus.Active);
            var word = Word(reason);
            var count = await rows.ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Status, IntegrationStatus.Error).SetProperty(i => i.StatusReason, word), cancellationToken);
            if (count == 0) return false;
            var row = await write.Context.Set<Integration>().AsNoTracking().SingleAsync(i => i.Id == id, cancellationToken);
            write.Audit(row, "integration.unusable", revision, revision, []);
            await write.Context.SaveChangesAsync(cancellationToken);
            await write.NotifyAsync(row, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>A person has given consent at the vendor: what could not be used for want of it can be again, and is probed at once. It is no
    /// edit: the revision stays.</summary>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public Task<Integration> NoteConsentAsync(Guid id, Caller caller, CancellationToken cancellationToken) => writes.RunAsync(
        caller,
        async write =>
        {
            var row = await write.LoadAsync(id, null, cancellationToken);
            if (row is { Status: IntegrationStatus.Error, StatusReason: Unusable.NeedsReauthorization })
                (row.Status, row.StatusReason) = (IntegrationStatus.Active, null);
            if (row.Status is IntegrationStatus.Active) row.NextProbeAt = Integration.DueAtOnce;
            write.Audit(row, "integration.connected", row.Revision, row.Revision, []);
            await write.Context.SaveChangesAsync(cancellationToken);
            await write.NotifyAsync(row, cancellationToken);
            return row;
        },
        cancellationToken);

    /// <summary>A config that is not saved, ready to be tried under an id of its own.</summary>
    /// <param name="type">The provider's type.</param>
    /// <param name="config">As in a draft.</param>
    /// <param name="existingId">The row whose secrets stand in for those left out; <c>null</c>: none.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="PatchAsync" path="/exception"/>
    public async Task<BoundIntegration> PrepareUnsavedAsync(
        string type, JsonObject config, Guid? existingId, Caller caller, CancellationToken cancellationToken)
    {
        var (plugin, existing, check) = await CheckUnsavedAsync(type, config, existingId, caller, cancellationToken);
        check.ThrowUnlessValid();
        return new BoundIntegration
        {
            Id = Guid.NewGuid(),
            TenantId = caller.TenantId,
            Name = existing?.Name ?? "unsaved",
            Revision = 0,
            Plugin = plugin,
            Config = check.Config!, // a valid one is bound
            Reach = reaches.Of(plugin, check.Config!),
            ConfigHash = Guid.NewGuid().ToString("N"),
        };
    }

    /// <summary>What is wrong with a config that is not saved, and what is worth a warning.</summary>
    /// <inheritdoc cref="PrepareUnsavedAsync"/>
    public async Task<IReadOnlyList<ConfigError>> CheckAsync(
        string type, JsonObject config, Guid? existingId, Caller caller, CancellationToken cancellationToken)
    {
        var (_, _, check) = await CheckUnsavedAsync(type, config, existingId, caller, cancellationToken);
        if (check.Undecryptable is not null) check.ThrowUnlessValid();
        return check.Errors;
    }

    private async Task<(LoadedPlugin Plugin, Integration? Existing, ConfigCheck Check)> CheckUnsavedAsync(
        string type, JsonObject config, Guid? existingId, Caller caller, CancellationToken cancellationToken)
    {
        var plugin = intake.Require(type);
        var existing = existingId is { } id ? await GetAsync(id, caller, cancellationToken) : null;
        if (existing is not null) IntegrationDrafts.RefuseOtherType(existing, type);
        var request = new SealRequest
        {
            Contract = intake.Contract(plugin),
            IntegrationId = existing?.Id ?? Guid.NewGuid(),
            TenantId = caller.TenantId,
            Previous = existing is null ? null : intake.ReadStored(plugin, existing),
            Incoming = config,
        };
        return (plugin, existing, intake.Check(plugin, request.IntegrationId, intake.Seal(request)));
    }

    private Task<Integration> EditAsync(
        Guid id, int? ifMatch, Caller caller, string action, CancellationToken cancellationToken,
        Func<Integration, IntegrationEdit, IntegrationWrite, Task> change) => writes.RunAsync(
        caller,
        async write =>
        {
            var row = await write.LoadAsync(id, ifMatch, cancellationToken);
            var before = IntegrationRevision.Of(row);
            var edit = new IntegrationEdit(row, before, intake, write);
            await change(row, edit, write);
            if (edit.HasChanges) await write.UpdateAsync(row, before, action, cancellationToken);
            return row;
        },
        cancellationToken);

    private void PatchConfig(Integration row, IntegrationEdit edit, JsonObject patch)
    {
        ConfigDocument.Check(patch);
        var plugin = intake.Require(row.IntegrationType);
        var contract = intake.Contract(plugin);
        var previous = intake.ReadStored(plugin, row);
        var (config, cleared) = ConfigPatch.Apply(ConfigPath.WithoutEnvelopes(previous), patch, contract.Schema);
        edit.SetConfig(plugin, intake.Seal(new SealRequest
        {
            Contract = contract, IntegrationId = row.Id, TenantId = row.TenantId, Previous = previous, Incoming = config, Cleared = cleared,
        }));
    }

    private static void CheckLimit(int limit)
    {
        if (limit is < 1 or > IntegrationQuery.MaxLimit)
            throw new ProblemException(ProblemCode.InvalidRequest, $"limit is {limit}. Give 1 to {IntegrationQuery.MaxLimit}.");
    }

    private static string Word(UnusableReason reason) => reason switch
    {
        UnusableReason.EndpointGone => Unusable.EndpointGone,
        UnusableReason.NeedsReauthorization => Unusable.NeedsReauthorization,
    };
}
