using System.Security.Cryptography;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Tests.Actions.Idempotency;

/// <summary>Rows as calls under a key have them.</summary>
internal static class KeyedRows
{
    public static readonly Guid Node = Guid.CreateVersion7();

    public static KeyClaim Claim() =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));

    public static Execution Running() => Row(Guid.CreateVersion7(), ExecutionState.Running);

    public static Execution Ended(Execution begun, ExecutionState state = ExecutionState.Succeeded)
    {
        var ended = Row(begun.Id, state);
        ended.Output = "{}";
        ended.FinishedAt = DateTimeOffset.UtcNow;
        ended.DurationMs = 3;
        return ended;
    }

    public static KeyedOutcome Outcome(KeyClaim claim, Execution ended, string? answer = "sealed", bool releases = false) =>
        new(claim, ended, Node, 1, answer, releases);

    private static Execution Row(Guid id, ExecutionState state) => new()
    {
        Id = id, IntegrationType = "webhook", Action = "push_data", State = state, Caller = "test", CreatedAt = DateTimeOffset.UtcNow,
        StartedAt = DateTimeOffset.UtcNow, Attempts = 1, LeasedBy = Node, Fence = 1,
    };
}
