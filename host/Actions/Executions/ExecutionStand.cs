using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Executions;

/// <summary>An execution as it stood when it was judged: what is decided is written only while it stands so.</summary>
internal record ExecutionStand(Guid Id, Guid? TenantId, string IntegrationType, string Action, ExecutionState State, int Fence)
{
    public static ExecutionStand Of(Execution row) => new(row.Id, row.TenantId, row.IntegrationType, row.Action, row.State, row.Fence);

    public static Task<ExecutionStand?> FindAsync(HostDbContext database, Guid id, CancellationToken cancellationToken) =>
        database.Set<Execution>().Where(e => e.Id == id)
            .Select(e => new ExecutionStand(e.Id, e.TenantId, e.IntegrationType, e.Action, e.State, e.Fence)).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Writes a change and its audit event in one transaction.</summary>
    /// <param name="database">Where.</param>
    /// <param name="action">What the audit calls it.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="now">When.</param>
    /// <param name="writeAsync">Writes the row, which it is given while it stands so, and answers how many there were.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="details">What else the audit says of it; <c>null</c>: nothing.</param>
    /// <returns><c>false</c>: it does not stand so any more, and nothing was written.</returns>
    public async Task<bool> WriteAsync(
        HostDbContext database, string action, Caller caller, DateTimeOffset now, Func<IQueryable<Execution>, Task<int>> writeAsync,
        CancellationToken cancellationToken, object? details = null)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await writeAsync(database.Set<Execution>().Where(e => e.Id == Id && e.State == State && e.Fence == Fence)) == 0) return false;
        var told = new JsonObject { ["integration_type"] = IntegrationType, ["action"] = Action, ["state"] = SnakeCaseEnum.Text(State) };
        if (details is not null)
        {
            foreach (var (name, value) in JsonSerializer.SerializeToNode(details)!.AsObject()) told[name] = value?.DeepClone(); // an object
        }

        database.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            TenantId = TenantId,
            Actor = caller.Name,
            Action = action,
            Subject = Id.ToString("D"),
            Details = told.ToJsonString(),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }
}
