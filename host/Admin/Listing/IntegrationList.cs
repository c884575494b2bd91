using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>Reads the rows that are on the screen.</summary>
internal sealed class IntegrationList(IntegrationStore store, ExecutionStore executions)
{
    public async Task<ShownPage> ReadAsync(IntegrationQuery query, Caller caller, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(query, caller, cancellationToken);
        return new ShownPage(await ShowAsync(page.Items, cancellationToken), page.NextCursor);
    }

    /// <summary>The same rows as they are now; those that were deleted are gone.</summary>
    public async Task<ShownPage> RefreshAsync(ShownPage page, Caller caller, CancellationToken cancellationToken)
    {
        var now = (await ShowAsync(await store.ReadAsync([.. page.Rows.Select(row => row.Id)], caller, cancellationToken), cancellationToken))
            .ToDictionary(row => row.Id);
        return page with { Rows = [.. page.Rows.Where(row => now.ContainsKey(row.Id)).Select(row => now[row.Id])] };
    }

    private async Task<IReadOnlyList<ShownRow>> ShowAsync(IReadOnlyList<Integration> rows, CancellationToken cancellationToken)
    {
        var uses = await executions.ReadLastUsesAsync([.. rows.Select(row => row.Id)], cancellationToken);
        return [.. rows.Select(row => ShownRow.From(row, uses.TryGetValue(row.Id, out var at) ? at : null))];
    }
}
