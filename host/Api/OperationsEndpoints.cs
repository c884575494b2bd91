using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Queue;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Api;

/// <summary>What an orchestrator asks.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        var probes = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        probes.MapGet("/healthz", () => TypedResults.Ok(new Alive("ok")));
        probes.MapGet("/readyz", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(
        IDbContextFactory<HostDbContext> databases, IPluginCatalog catalog, IExecutionQueue queue, CancellationToken cancellationToken)
    {
        var database = await IsReachableAsync(databases, cancellationToken);
        var providers = catalog.Entries.Count;

        // Without the queue work goes on through the database.
        var ready = database && providers > 0;
        return TypedResults.Json(
            new Readiness(ready ? "ready" : "not_ready", database ? "reachable" : "unreachable", providers, queue.State),
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> IsReachableAsync(IDbContextFactory<HostDbContext> databases, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            await using var database = await databases.CreateDbContextAsync(timeout.Token);
            return await database.Database.CanConnectAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    internal sealed record Alive(string Status);

    private sealed record Readiness(string Status, string Database, int Providers, string Queue);
}
