using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>What there is to be approved, as the page shows it. Public because a component's parameters are.</summary>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Asker">Who asked for it, as in the audit.</param>
/// <param name="InputSha256">What is approved: the hash that is sent back.</param>
/// <param name="Revision">The integration's revision now.</param>
/// <param name="ExpiresAt">By then.</param>
/// <param name="IsPlatforms">Only the platform's admins approve it.</param>
public sealed record ShownApproval(Guid ExecutionId, string Asker, string InputSha256, int Revision, DateTimeOffset ExpiresAt, bool IsPlatforms)
{
    /// <summary><c>null</c>: it awaits none.</summary>
    internal static ShownApproval? From(WholeExecution whole) => whole.Approval is not { } request ? null : new ShownApproval(
        whole.Execution.Id, whole.Execution.Caller, request.InputSha256, request.IntegrationRevision, request.ExpiresAt, request.IsPlatforms);
}
