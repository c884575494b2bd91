using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Access.Sealing;

namespace Vaka.Plugins.Host.Api;

internal static class AuditEndpoints
{
    private static readonly QueryParameter Since = new("since", typeof(DateTimeOffset), "Only those from this time on.");

    private static readonly QueryParameter Until = new("until", typeof(DateTimeOffset), "Only those before this time.");

    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        api.MapGet("/audit-events", List).RequireAuthorization(AccessRoom.Admin)
            .WithMetadata(QueryParameter.Limit, QueryParameter.Cursor).WithName("ListAuditEvents").WithSummary("Who changed what, newest first");
        api.MapGet("/audit-events/export", Export).RequireAuthorization(AccessRoom.Admin)
            .WithMetadata(Since, Until).Produces<string>(200, AuditExport.ContentType)
            .WithName("ExportAuditEvents").WithSummary("The same as lines of JSON, oldest first, each with its seal and hash");
        api.MapGet("/audit-events/verification", Verify).RequireAuthorization(AccessRoom.PlatformAdmin)
            .WithName("VerifyAuditEvents").WithSummary("Whether sealed events were changed, removed or added");
    }

    private static Task Export(HttpContext context, Caller caller, AuditExport export, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request);
        return export.AnswerAsync(new AuditPeriod(query.Time(Since.Name), query.Time(Until.Name)), caller, context.Response, cancellationToken);
    }

    private static async Task<Ok<AuditVerification>> Verify(AuditVerifier verifier, CancellationToken cancellationToken) =>
        TypedResults.Ok(await verifier.RunAsync(null, cancellationToken));

    private static async Task<Ok<AuditPage>> List(HttpRequest request, Caller caller, AuditTrail audit, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var limit = query.Limit();
        var events = await audit.ListAsync(query.Id("cursor"), limit + 1, caller, cancellationToken);
        var page = events.Take(limit).ToList();
        return TypedResults.Ok(new AuditPage(
            [.. page.Select(AuditAnswer.From)], events.Count > limit ? page[^1].Id.ToString() : null));
    }
}

/// <summary>A page of the audit.</summary>
internal sealed record AuditPage(IReadOnlyList<AuditAnswer> Items, string? NextCursor);

/// <summary>One change.</summary>
internal sealed record AuditAnswer(
    Guid Id, DateTimeOffset At, Guid? TenantId, string Actor, string Action, string Subject, int? FromRevision, int? ToRevision,
    JsonNode? Details)
{
    public static AuditAnswer From(AuditEvent e) => new(
        e.Id, e.At, e.TenantId, e.Actor, e.Action, e.Subject, e.FromRevision, e.ToRevision,
        e.Details is null ? null : JsonNode.Parse(e.Details));
}
