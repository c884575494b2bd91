using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Api;

internal static class ExecutionsEndpoints
{
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
    }

    private static async Task<Ok<ExecutionPage>> List(
        HttpRequest request, Caller caller, ExecutionStore executions, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var limit = query.Limit();
        var rows = await executions.ListAsync(
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
                Limit = limit,
            },
            caller, cancellationToken);
        var page = rows.Take(limit).ToList();
        return TypedResults.Ok(new ExecutionPage(
            [.. page.Select(execution => new ExecutionAnswer(execution))], rows.Count > limit ? page[^1].Id.ToString() : null));
    }

    private static async Task<Ok<ExecutionDetail>> Get(Guid id, Caller caller, ExecutionStore executions, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ExecutionDetail(await executions.GetAsync(id, caller, cancellationToken)));
}

/// <summary>A page of executions.</summary>
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
        CreatedAt = execution.CreatedAt;
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

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required int? DurationMs { get; init; }
}

/// <summary>One run with everything that is kept of it.</summary>
internal sealed class ExecutionDetail : ExecutionAnswer
{
    [SetsRequiredMembers]
    public ExecutionDetail(Execution execution)
        : base(execution)
    {
        Input = Parse(execution.Input);
        Output = Parse(execution.Output);
        Steps = Parse(execution.Steps);
        Attempts = [new AttemptAnswer(1, execution.CreatedAt, execution.FinishedAt, execution.FailureKind, execution.ErrorMessage)];
    }

    /// <summary>The input, masked; as a string when it was too long to keep whole.</summary>
    public required JsonNode? Input { get; init; }

    /// <summary>The output, masked; as a string when it was too long to keep whole.</summary>
    public required JsonNode? Output { get; init; }

    /// <summary>The checks one by one, as <c>[{name, ok, message, duration_ms}]</c>; <c>null</c>: it reported none.</summary>
    public required JsonNode? Steps { get; init; }

    /// <summary>The tries, oldest first. A synchronous run has one.</summary>
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
