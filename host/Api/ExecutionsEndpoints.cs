using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Api;

internal static class ExecutionsEndpoints
{
    private static readonly Refusals NotApproved = new(ProblemCode.NotApproved);

    private static readonly Refusals OfInputs = new(ProblemCode.NotApproved, ProblemCode.IntegrationUnusable);

    public static void MapExecutions(this IEndpointRouteBuilder api)
    {
        api.MapGet("/executions", List)
            .WithMetadata(
                new QueryParameter("state", typeof(ExecutionState), "Only those in this state."),
                new QueryParameter("integration_id", typeof(Guid), "Only those that this integration served."),
                new QueryParameter("integration_type", typeof(string), "Only those of this provider."),
                new QueryParameter("action", typeof(string), "Only those of this action."),
                new QueryParameter("since", typeof(DateTimeOffset), "Only those made at this time or later."),
                new QueryParameter("until", typeof(DateTimeOffset), "Only those made before this time."),
                new QueryParameter("tenant", typeof(string), "For platform admins: 'all', with integration_id, lists every tenant's."),
                QueryParameter.Limit, QueryParameter.Cursor)
            .WithName("ListExecutions").WithSummary("What was run, newest first");
        api.MapGet("/executions/{id:guid}", Get).WithName("GetExecution").WithSummary("One run with its input, outcome and attempts");
        api.MapPost("/executions/{id:guid}/cancel", Cancel).WithMetadata(new Refusals(ProblemCode.ExecutionInProgress))
            .WithName("CancelExecution").WithSummary("End one that waits, before it is done");
        api.MapPost("/executions/{id:guid}/replay", Replay).WithMetadata(new Refusals(ProblemCode.ExecutionInProgress))
            .WithName("ReplayExecution")
            .WithSummary("Have one that has ended or is parked done again; what it did already may then be done twice");
        var decisions = api.MapGroup("/executions").RequireAuthorization(AccessRoom.Admin);
        decisions.MapGet("/{id:guid}/input", Input).WithMetadata(OfInputs).Produces<JsonNode>().WithName("GetAwaitedInput")
            .WithSummary("The input of one that awaits approval as it would be sent, nothing masked; the audit is told");
        decisions.MapPost("/{id:guid}/approve", Approve).WithMetadata(NotApproved).WithName("ApproveExecution")
            .WithSummary("Have one that awaits approval done, exactly as it was looked at; not by whoever asked for it");
        decisions.MapPost("/{id:guid}/deny", Deny).WithMetadata(NotApproved).WithName("DenyExecution").WithSummary("Have one that awaits approval never done");
        api.MapPost("/integrations/{id:guid}/executions/replay", ReplayMany).RequireAuthorization(AccessRoom.Admin)
            .WithName("ReplayIntegrationExecutions").WithSummary("Have everything done again that went wrong through an integration within a time");
    }

    private static async Task<Ok<ExecutionPage>> List(
        HttpRequest request, Caller caller, ExecutionStore executions, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var page = await executions.ListAsync(
            new ExecutionQuery
            {
                State = query.OneOf<ExecutionState>("state"),
                IntegrationId = query.Id("integration_id"),
                IntegrationType = query.Text("integration_type"),
                Action = query.Text("action"),
                Since = query.Time("since"),
                Until = query.Time("until"),
                AllTenants = query.IsForAllTenants(),
                Before = query.Id("cursor"),
                Limit = query.Limit(),
            },
            caller, cancellationToken);
        return TypedResults.Ok(new ExecutionPage([.. page.Rows.Select(execution => new ExecutionAnswer(execution))], page.Next?.ToString()));
    }

    private static async Task<Ok<ExecutionDetail>> Get(Guid id, Caller caller, ExecutionStore executions, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ExecutionDetail(await executions.GetAsync(id, caller, cancellationToken)));

    private static async Task<Ok<ExecutionDetail>> Cancel(
        Guid id, Caller caller, ExecutionChanges changes, ExecutionStore executions, CancellationToken cancellationToken)
    {
        await changes.CancelAsync(id, caller, cancellationToken);
        return await Get(id, caller, executions, cancellationToken);
    }

    private static async Task<Accepted<ExecutionAccepted>> Replay(Guid id, Caller caller, ExecutionChanges changes, CancellationToken cancellationToken)
    {
        await changes.ReplayAsync(id, caller, cancellationToken);
        return TypedResults.Accepted($"/api/v1/executions/{id}", new ExecutionAccepted(id, ExecutionState.Queued));
    }

    private static async Task<Accepted<ExecutionAccepted>> Approve(
        Guid id, RequestBody<ApproveBody> body, Caller caller, ApprovalDecisions approvals, CancellationToken cancellationToken)
    {
        await approvals.ApproveAsync(id, body.Value.InputSha256, caller, cancellationToken);
        return TypedResults.Accepted($"/api/v1/executions/{id}", new ExecutionAccepted(id, ExecutionState.Queued));
    }

    private static async Task<Utf8ContentHttpResult> Input(Guid id, Caller caller, AskedInputs inputs, CancellationToken cancellationToken) =>
        TypedResults.Text(await inputs.RevealAsync(id, caller, cancellationToken), "application/json", StatusCodes.Status200OK);

    private static async Task<Ok<ExecutionDetail>> Deny(
        Guid id, RequestBody<DenyBody> body, Caller caller, ApprovalDecisions approvals, ExecutionStore executions, CancellationToken cancellationToken)
    {
        await approvals.DenyAsync(id, body.Value.Reason, caller, cancellationToken);
        return await Get(id, caller, executions, cancellationToken);
    }

    private static async Task<Accepted<ReplayAnswer>> ReplayMany(
        Guid id, RequestBody<ReplayBody> body, Caller caller, WindowReplay replay, CancellationToken cancellationToken)
    {
        var done = await replay.RunAsync(body.Value.ToWindow(id), caller, cancellationToken);
        return TypedResults.Accepted(
            $"/api/v1/executions?integration_id={id}&state=queued", new ReplayAnswer(done.Count, done.NextSince is not null, done.NextSince));
    }
}

/// <summary>Which executions are replayed.</summary>
internal sealed record ReplayBody
{
    /// <summary>In which states.</summary>
    [MinLength(1)]
    public required IReadOnlyList<ReplayableState> States { get; init; }

    /// <summary>Those that were accepted at this time or later.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Those that were accepted before this time; default: whenever.</summary>
    public DateTimeOffset? Until { get; init; }

    public ReplayWindow ToWindow(Guid integration) => Until <= Since
        ? throw new ProblemException(ProblemCode.InvalidRequest, "The body is not what this address takes. 'errors' says where.")
        {
            Errors = [new ConfigError("until", "Give a time after 'since', or leave it out.")],
        }
        : new ReplayWindow(integration, States, Since, Until);
}

/// <summary>What is approved.</summary>
internal sealed record ApproveBody
{
    /// <summary>As the execution was answered: <c>approval.input_sha256</c>.</summary>
    [StringLength(64)]
    public required string InputSha256 { get; init; }
}

/// <summary>Why it is not to be done.</summary>
internal sealed record DenyBody
{
    /// <summary>Told to whoever asks what came of it; default: none.</summary>
    [StringLength(500)]
    public string? Reason { get; init; }
}

/// <summary>How many were replayed.</summary>
/// <param name="Replayed">How many wait again.</param>
/// <param name="More">There are more than one call replays: call again with next_since for since.</param>
/// <param name="NextSince">When the first of the rest was accepted.</param>
internal sealed record ReplayAnswer(int Replayed, bool More, DateTimeOffset? NextSince);

/// <summary>A page of executions.</summary>
/// <param name="Items">Newest first. Where what is asked for is rare there may be fewer than the limit, or none, and yet a next page.</param>
/// <param name="NextCursor">The cursor of the next page; null: there is none.</param>
internal sealed record ExecutionPage(IReadOnlyList<ExecutionAnswer> Items, string? NextCursor);

/// <summary>One run.</summary>
internal class ExecutionAnswer
{
    [SetsRequiredMembers]
    public ExecutionAnswer(Execution execution)
    {
        Id = execution.Id;
        TenantId = execution.TenantId;
        IntegrationId = execution.IntegrationId;
        IntegrationType = execution.IntegrationType;
        Action = execution.Action;
        State = execution.State;
        Caller = execution.Caller;
        ErrorCode = execution.ErrorCode;
        ErrorMessage = execution.ErrorMessage;
        FailureKind = execution.FailureKind;
        Durable = execution.IsDurable;
        RequestedIntegration = execution.RequestedIntegration;
        AttemptCount = execution.IsDurable ? execution.Attempts : 1;
        AvailableAt = execution.State is ExecutionState.Queued or ExecutionState.RetryScheduled ? execution.AvailableAt : null;
        CreatedAt = execution.CreatedAt;
        StartedAt = execution.IsDurable ? execution.StartedAt : execution.CreatedAt;
        FinishedAt = execution.FinishedAt;
        DurationMs = execution.DurationMs;
    }

    public required Guid Id { get; init; }

    public required Guid? TenantId { get; init; }

    public required Guid? IntegrationId { get; init; }

    public required string IntegrationType { get; init; }

    public required string Action { get; init; }

    public required ExecutionState State { get; init; }

    public required string Caller { get; init; }

    public required string? ErrorCode { get; init; }

    public required string? ErrorMessage { get; init; }

    public required FailureKind? FailureKind { get; init; }

    /// <summary>Kept until it is done, and with its input; else the record of a synchronous run.</summary>
    public required bool Durable { get; init; }

    /// <summary>Name or id of the integration that the caller of a durable one meant; null: the default one.</summary>
    public required string? RequestedIntegration { get; init; }

    /// <summary>Attempts that were begun.</summary>
    public required int AttemptCount { get; init; }

    /// <summary>When the next attempt is due; null: it waits for none.</summary>
    public required DateTimeOffset? AvailableAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt began.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required int? DurationMs { get; init; }
}

/// <summary>One run with everything that is kept of it.</summary>
internal sealed class ExecutionDetail : ExecutionAnswer
{
    [SetsRequiredMembers]
    public ExecutionDetail(WholeExecution whole)
        : base(whole.Execution)
    {
        Input = Parse(whole.Input);
        Output = Parse(whole.Execution.Output);
        Steps = Parse(whole.Execution.Steps);
        Approval = whole.Approval;
        Attempts = [.. whole.Attempts.Select(attempt => new AttemptAnswer(
            attempt.Number, attempt.StartedAt, attempt.FinishedAt, attempt.FailureKind, attempt.Message))];
    }

    /// <summary>The input, masked; as a string when it was too long to keep whole.</summary>
    public required JsonNode? Input { get; init; }

    /// <summary>The output, masked; as a string when it was too long to keep whole.</summary>
    public required JsonNode? Output { get; init; }

    /// <summary>The checks one by one, as <c>[{name, ok, message, duration_ms}]</c>; <c>null</c>: it reported none.</summary>
    public required JsonNode? Steps { get; init; }

    /// <summary>What is there to be approved; null: it awaits no approval.</summary>
    public required ApprovalRequest? Approval { get; init; }

    /// <summary>The attempts that were begun, oldest first. A synchronous run has one.</summary>
    public required IReadOnlyList<AttemptAnswer> Attempts { get; init; }

    private static JsonNode? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text); // cut off when it was stored
        }
    }
}

/// <summary>One try.</summary>
internal sealed record AttemptAnswer(
    int Number, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, FailureKind? FailureKind, string? Message);
