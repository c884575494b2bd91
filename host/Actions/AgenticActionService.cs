using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Actions;

/// <summary>Actions for AI agents: whatever happens is an answer in words, never an exception that an agent would have to interpret.</summary>
internal sealed class AgenticActionService(EmailService mail, IdempotentCalls calls)
{
    public async Task<EmailOutcome> SendEmailAsync(
        Email email, Caller caller, string? idempotencyKey, CancellationToken cancellationToken)
    {
        try
        {
            var result = await mail.SendAsync(email, caller, idempotencyKey, cancellationToken);
            if (result.AwaitsApproval)
                return new EmailOutcome(false, PendingApprovals.InWords(result.ExecutionId, idempotencyKey), null, result.Integration.Id, result.IsReplayed);
            return new EmailOutcome(
                true, null, JsonNode.Parse(result.Output.Span)?["message_id"]?.GetValue<string>(), result.Integration.Id, result.IsReplayed);
        }
        catch (ProblemException problem)
        {
            return new EmailOutcome(false, problem.InWords(), null, null, problem.IsReplayed);
        }
    }

    public async Task<PushOutcome> PushDataAsync(
        JsonElement data, string? integration, Caller caller, string? idempotencyKey, CancellationToken cancellationToken)
    {
        try
        {
            var result = await calls.RunAsync(
                new ActionRequest
                {
                    Type = "webhook",
                    Action = "push_data",
                    Input = Encoding.UTF8.GetBytes($"{{\"data\":{data.GetRawText()}}}"),
                    Integration = integration,
                    Caller = caller,
                    IdempotencyKey = idempotencyKey,
                },
                cancellationToken);
            if (result.AwaitsApproval)
                return new PushOutcome(false, PendingApprovals.InWords(result.ExecutionId, idempotencyKey), null, result.Integration.Id, result.IsReplayed);
            return new PushOutcome(
                true, null, JsonNode.Parse(result.Output.Span)?["status_code"]?.GetValue<int>(), result.Integration.Id, result.IsReplayed);
        }
        catch (ProblemException problem)
        {
            return new PushOutcome(false, problem.InWords(), null, null, problem.IsReplayed);
        }
    }
}

/// <summary>What came of a mail.</summary>
internal sealed record EmailOutcome(
    bool Sent, string? Reason, string? MessageId, Guid? IntegrationId, [property: JsonIgnore] bool IsReplayed = false);

/// <summary>What came of pushed data.</summary>
internal sealed record PushOutcome(
    bool Pushed, string? Reason, int? StatusCode, Guid? IntegrationId, [property: JsonIgnore] bool IsReplayed = false);
