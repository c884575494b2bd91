using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>Reads the runs that are on the screen, with the names of what served them.</summary>
internal sealed class ExecutionList(ExecutionStore executions, IntegrationStore integrations, ApiKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<ShownExecutions> ReadAsync(ExecutionQuery query, Caller caller, CancellationToken cancellationToken)
    {
        // What is rare is looked for as long as one likes to wait; then the next page goes on.
        var start = clock.GetTimestamp();
        var page = await executions.ListAsync(query, caller, cancellationToken);
        while (page is { Rows.Count: 0, Next: { } next } && clock.GetElapsedTime(start) < Patience)
            page = await executions.ListAsync(query with { Before = next }, caller, cancellationToken);
        return new ShownExecutions(await ShowAsync(page.Rows, caller, cancellationToken), page.Next?.ToString());
    }

    public async Task<(WholeExecution Whole, ShownExecution Shown)> GetAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var whole = await executions.GetAsync(id, caller, cancellationToken);
        return (whole, (await ShowAsync([whole.Execution], caller, cancellationToken)).Single());
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
