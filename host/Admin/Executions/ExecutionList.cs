using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>Reads the runs that are on the screen, with the names of what served them.</summary>
internal sealed class ExecutionList(ExecutionStore executions, IntegrationStore integrations, ApiKeys keys)
{
    public async Task<ShownExecutions> ReadAsync(ExecutionQuery query, Caller caller, CancellationToken cancellationToken)
    {
        var rows = await executions.ListAsync(query, caller, cancellationToken);
        List<Execution> page = [.. rows.Take(query.Limit)];
        return new ShownExecutions(await ShowAsync(page, caller, cancellationToken), rows.Count > query.Limit ? page[^1].Id.ToString() : null);
    }

    public async Task<(Execution Whole, ShownExecution Shown)> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var execution = await executions.GetAsync(id, caller, cancellationToken);
        return (execution, (await ShowAsync([execution], caller, cancellationToken)).Single());
    }

    private async Task<IReadOnlyList<ShownExecution>> ShowAsync(IReadOnlyList<Execution> rows, Caller caller, CancellationToken cancellationToken)
    {
        var served = rows.Select(row => row.IntegrationId).OfType<Guid>().Distinct().ToList();
        var names = (await integrations.ReadAsync(served, caller, cancellationToken)).ToDictionary(row => row.Id);
        var actors = await ActorNames.ReadAsync(keys, caller, cancellationToken);
        return
        [
            .. rows.Select(row => ShownExecution.From(
                row,
                row.IntegrationId is { } id && names.TryGetValue(id, out var known) ? new ShownIntegration(id, known.TenantId, known.Name) : null,
                actors.Describe(row.Caller))),
        ];
    }
}
