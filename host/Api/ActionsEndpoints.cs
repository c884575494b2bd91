using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Durable;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

internal static class ActionsEndpoints
{
    /// <summary>Room for 25 MiB of attachments in base64.</summary>
    private const int LargestInput = 36 * 1024 * 1024;

    public static void MapActions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/actions/{type}/{action}", Invoke)
            .WithMetadata(new BodyLimit(LargestInput), IdempotencyKeyHeader.Honoured, Preference.Honoured, Refusals.OfRuns, new OtherAnswer(typeof(PreviewResult)))
            .WithName("InvokeAction").WithSummary("Run an action through the integration that serves the caller's tenant")
            .WithDescription("The provider's input_schema says what the input is. With Prefer: respond-async the call is kept and answered 202 at once.");
        api.MapPost("/agentic-actions/email", SendEmail).WithMetadata(new BodyLimit(LargestInput), IdempotencyKeyHeader.HonouredInWords)
            .WithName("AgenticSendEmail").WithSummary("Send a mail; the answer is always 200 and says in words what came of it");
        api.MapPost("/agentic-actions/push-data", PushData).WithMetadata(new BodyLimit(LargestInput), IdempotencyKeyHeader.HonouredInWords)
            .WithName("AgenticPushData").WithSummary("Push data to a webhook; the answer is always 200 and says in words what came of it");
    }

    private static async Task<Results<Ok<InvokeAnswer>, JsonHttpResult<PreviewResult>, Accepted<ExecutionAccepted>>> Invoke(
        string type, string action, InvokeCall call, Caller caller, ActionRunner runner, IdempotentCalls calls, DurableCalls durable,
        HttpContext context, CancellationToken cancellationToken)
    {
        var request = new ActionRequest
        {
            Type = type,
            Action = action,
            Input = call.Input,
            Integration = call.Integration,
            Caller = caller,
            IdempotencyKey = IdempotencyKeyHeader.Read(context.Request),
        };
        if (call.DryRun)
        {
            call.CheckDryRun(request.IdempotencyKey, Preference.IsAsync(context.Request));
            return TypedResults.Json(await runner.PreviewAsync(request, cancellationToken));
        }

        if (Preference.IsAsync(context.Request))
        {
            var accepted = await durable.AcceptAsync(request, call.NotBefore, cancellationToken);
            Preference.MarkApplied(context.Response);
            IdempotencyKeyHeader.MarkReplayed(context.Response, accepted.IsReplayed);
            return Accepted(accepted.ExecutionId, accepted.State);
        }

        if (call.NotBefore is not null)
            throw new ProblemException(ProblemCode.InvalidRequest, "not_before goes with the header Prefer: respond-async. Send it, or leave not_before out.");
        var result = await calls.RunAsync(request, cancellationToken);
        IdempotencyKeyHeader.MarkReplayed(context.Response, result.IsReplayed);
        if (result.AwaitsApproval) return Accepted(result.ExecutionId, ExecutionState.AwaitingApproval);
        return TypedResults.Ok(new InvokeAnswer
        {
            ExecutionId = result.ExecutionId,
            Integration = result.Integration,
            Output = result.Output,
            DurationMs = (long)result.Duration.TotalMilliseconds,
        });
    }

    private static Accepted<ExecutionAccepted> Accepted(Guid id, ExecutionState state) =>
        TypedResults.Accepted($"/api/v1/executions/{id}", new ExecutionAccepted(id, state));

    private static async Task<Ok<EmailOutcome>> SendEmail(
        RequestBody<AgenticEmailBody> body, Caller caller, AgenticActionService agentic, HttpContext context,
        CancellationToken cancellationToken)
    {
        var outcome = await agentic.SendEmailAsync(
            body.Value.ToEmail(), caller, IdempotencyKeyHeader.Read(context.Request), cancellationToken);
        IdempotencyKeyHeader.MarkReplayed(context.Response, outcome.IsReplayed);
        return TypedResults.Ok(outcome);
    }

    private static async Task<Ok<PushOutcome>> PushData(
        RequestBody<AgenticPushBody> body, Caller caller, AgenticActionService agentic, HttpContext context,
        CancellationToken cancellationToken)
    {
        var outcome = await agentic.PushDataAsync(
            body.Value.Data, body.Value.Integration, caller, IdempotencyKeyHeader.Read(context.Request), cancellationToken);
        IdempotencyKeyHeader.MarkReplayed(context.Response, outcome.IsReplayed);
        return TypedResults.Ok(outcome);
    }
}

/// <summary>Invokes an action.</summary>
internal sealed record InvokeBody
{
    /// <summary>The action's input, as its input_schema says.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>Name or id of the integration that is meant; default: the default one.</summary>
    [StringLength(200)]
    public string? Integration { get; init; }

    /// <summary>With <c>Prefer: respond-async</c>: not to be begun earlier; default: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>True: nothing is done, and the answer says what would be, where the provider can tell. Default: false.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What came of an action.</summary>
internal sealed record InvokeAnswer
{
    public required Guid ExecutionId { get; init; }

    public required ServingIntegration Integration { get; init; }

    /// <summary>The action's output, as its output_schema says.</summary>
    [JsonConverter(typeof(RawJson))]
    public required ReadOnlyMemory<byte> Output { get; init; }

    public required long DurationMs { get; init; }
}

/// <summary>A mail as an agent writes it.</summary>
internal sealed record AgenticEmailBody
{
    /// <summary>One address, or a list of them.</summary>
    public required JsonElement To { get; init; }

    public required string Subject { get; init; }

    /// <summary>The text of the mail.</summary>
    public required string Body { get; init; }

    /// <summary>The same as HTML.</summary>
    public string? Html { get; init; }

    /// <summary>One address, or a list of them.</summary>
    public JsonElement? Cc { get; init; }

    /// <summary>One address, or a list of them.</summary>
    public JsonElement? Bcc { get; init; }

    public Email ToEmail() => new()
    {
        To = Addresses("to", To),
        Cc = Addresses("cc", Cc),
        Bcc = Addresses("bcc", Bcc),
        Subject = Subject,
        Text = Body,
        Html = Html,
    };

    private static IReadOnlyList<string> Addresses(string path, JsonElement? element) => element switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString() ?? ""],
        { ValueKind: JsonValueKind.Array } many when many.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            => [.. many.EnumerateArray().Select(item => item.GetString() ?? "")],
        _ => throw new ProblemException(ProblemCode.InvalidRequest, "The body is not what this address takes. 'errors' says where.")
        {
            Errors = [new ConfigError(path, "Give an address, or a list of addresses.")],
        },
    };
}

/// <summary>Data as an agent pushes it.</summary>
internal sealed record AgenticPushBody
{
    /// <summary>Any JSON.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Name or id of the webhook that is meant; default: the default one.</summary>
    [StringLength(200)]
    public string? Integration { get; init; }
}
