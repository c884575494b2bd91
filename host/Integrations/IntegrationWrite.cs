using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>One transaction on integrations: rows, their revisions, the audit and the notification of the other nodes.</summary>
internal sealed class IntegrationWrite(HostDbContext context, Caller caller, DateTimeOffset now)
{
    private readonly List<IntegrationChange> changes = [];

    public IReadOnlyList<IntegrationChange> Changes => changes;

    /// <summary>The row that another default is being taken from is written, not the caller's own.</summary>
    public bool IsDemoting { get; private set; }

    public HostDbContext Context => context;

    public Caller Caller => caller;

    public DateTimeOffset Now => now;

    /// <summary>The caller's row, tracked.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>: none, or another tenant's;
    /// <see cref="ProblemCode.RevisionConflict"/>: it is not of the revision that the caller has seen.</exception>
    public async Task<Integration> LoadAsync(Guid id, int? ifMatch, CancellationToken cancellationToken)
    {
        var row = await context.Set<Integration>().SingleOrDefaultAsync(i => i.Id == id && i.TenantId == caller.TenantId, cancellationToken)
            ?? throw IntegrationStore.NotFound();
        if (ifMatch is { } seen && seen != row.Revision)
        {
            throw new ProblemException(
                ProblemCode.RevisionConflict,
                $"The integration is at revision {row.Revision}, and the change was made for {seen}. Read it again and repeat your change.");
        }

        return row;
    }

    public async Task AddAsync(Integration row, CancellationToken cancellationToken)
    {
        context.Add(row);
        context.Add(IntegrationRevision.Of(row));
        Audit(row, "integration.created", null, row.Revision, []);
        await SaveAsync(row, cancellationToken);
    }

    /// <summary>Saves a changed row as its next revision.</summary>
    public async Task UpdateAsync(Integration row, IntegrationRevision before, string action, CancellationToken cancellationToken)
    {
        row.Revision = before.Revision + 1;
        row.UpdatedAt = now;
        row.UpdatedBy = caller.Name;
        context.Add(IntegrationRevision.Of(row));
        Audit(row, action, before.Revision, row.Revision, ChangedFields.Find(before, row));
        await SaveAsync(row, cancellationToken);
    }

    public async Task RemoveAsync(Integration row, CancellationToken cancellationToken)
    {
        context.Remove(row);
        Audit(row, "integration.deleted", row.Revision, null, []);
        await SaveAsync(row, cancellationToken);
    }

    /// <summary>Takes the default from whichever row of the same tenant and type has it.</summary>
    public async Task DemoteOthersAsync(Integration row, CancellationToken cancellationToken)
    {
        var other = await Siblings(row).SingleOrDefaultAsync(i => i.IsDefault, cancellationToken);
        if (other is null) return;
        IsDemoting = true;
        var before = IntegrationRevision.Of(other);
        other.IsDefault = false;
        await UpdateAsync(other, before, "integration.demoted", cancellationToken);
        IsDemoting = false;
    }

    /// <summary>The other rows of the same tenant and type.</summary>
    public IQueryable<Integration> Siblings(Integration row) => context.Set<Integration>()
        .Where(i => i.TenantId == row.TenantId && i.IntegrationType == row.IntegrationType && i.Id != row.Id);

    public void Audit(Integration row, string action, int? from, int? to, IReadOnlyList<string> changed)
    {
        var details = new JsonObject { ["name"] = row.Name, ["integration_type"] = row.IntegrationType };
        if (changed.Count > 0) details["changed"] = new JsonArray([.. changed.Select(field => (JsonNode)field)]);
        if (row.StatusReason is not null) details["status_reason"] = row.StatusReason;
        context.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            TenantId = row.TenantId,
            Actor = caller.Name,
            Action = action,
            Subject = row.Id.ToString("D"),
            FromRevision = from,
            ToRevision = to,
            Details = ConfigDocument.Write(details),
        });
    }

    public async Task NotifyAsync(Integration row, CancellationToken cancellationToken)
    {
        var change = new IntegrationChange(row.Id, row.TenantId, row.IntegrationType);
        changes.Add(change);
        await context.NotifyAsync(IntegrationChange.Channel, change.ToPayload(), cancellationToken);
    }

    private async Task SaveAsync(Integration row, CancellationToken cancellationToken)
    {
        await context.SaveChangesAsync(cancellationToken);
        await NotifyAsync(row, cancellationToken);
    }
}
