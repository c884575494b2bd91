using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Tests.Integrations.Resolution;

/// <summary>Rows in memory whose reading can be held up after it has seen them.</summary>
internal sealed class FakeRows : IIntegrationRows
{
    private int reads;

    public IReadOnlyList<Integration> Rows { get; set; } = [];

    public int Reads => Volatile.Read(ref reads);

    /// <summary>Runs between the reading and its answer.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    public async Task<CandidateRows> ReadAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref reads);
        var seen = Rows.Where(row => row.IntegrationType == type && (nameOrId is null || row.Name == nameOrId)).ToList();
        await Meanwhile();
        return new CandidateRows(
            [.. seen.Where(row => row.TenantId == tenantId)], tenantId is null ? [] : [.. seen.Where(row => row.TenantId is null)], null);
    }

    /// <summary>Holds up the next reading only: wait until it has begun, then let it go on.</summary>
    public (Task HasRead, TaskCompletionSource GoOn) HoldNext()
    {
        var hasRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Meanwhile = () =>
        {
            Meanwhile = () => Task.CompletedTask;
            hasRead.SetResult();
            return goOn.Task;
        };
        return (hasRead.Task, goOn);
    }
}
