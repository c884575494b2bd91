using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Resolution;

namespace Vaka.Plugins.Host.Api;

internal static class IntegrationsEndpoints
{
    public static void MapIntegrations(this IEndpointRouteBuilder api)
    {
        api.MapGet("/integrations/effective", Effective)
            .WithMetadata(
                new QueryParameter("integration_type", typeof(string), "The provider, such as smtp.", IsRequired: true),
                new QueryParameter("name", typeof(string), "Name or id of the one that is meant; default: the default one."),
                Refusals.OfResolution)
            .WithName("GetEffectiveIntegration").WithSummary("Which integration would serve the caller's tenant, and why");
        api.MapGet("/integrations/effective/export", ExportEffective).WithMetadata(AnswerHeader.ContentDisposition)
            .WithName("ExportEffectiveIntegrations").WithSummary("The same for every provider at once, to keep or to compare");

        var rows = api.MapGroup("/integrations").RequireAuthorization(AccessRoom.Admin);
        rows.MapGet("", List).Reveals("integrations.listed")
            .WithMetadata(
                new QueryParameter("integration_type", typeof(string), "Only those of this provider."),
                new QueryParameter("status", typeof(IntegrationStatus), "Only those in this status."),
                new QueryParameter("health_status", typeof(HealthStatus), "Only those in this health."),
                new QueryParameter("is_active", typeof(bool), "Only those that are, or are not, switched on."),
                new QueryParameter("name", typeof(string), "Only the one of this name."),
                new QueryParameter("q", typeof(string), "Only those whose name holds this, whatever its case."),
                new QueryParameter("tenant", typeof(string), "For platform admins: 'all' lists every tenant's."),
                QueryParameter.Limit, QueryParameter.Cursor)
            .WithName("ListIntegrations").WithSummary("The integrations of the tenant, or the platform-wide ones");
        rows.MapPost("", Create).WithMetadata(AnswerHeader.ETag, Refusals.OfWrites)
            .WithName("CreateIntegration").WithSummary("Configure a provider");
        rows.MapPost("/test", TestUnsaved).WithMetadata(Refusals.OfConfigs)
            .WithName("TestUnsavedIntegration").WithSummary("Probe a config without saving anything");
        rows.MapGet("/{id:guid}", Get).Reveals("integration.read").WithMetadata(AnswerHeader.ETag)
            .WithName("GetIntegration").WithSummary("One integration, without its secrets");
        rows.MapPut("/{id:guid}", Replace).WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites)
            .WithName("ReplaceIntegration")
            .WithSummary("Replace an integration; a secret that is left out stays as it is");
        rows.MapPatch("/{id:guid}", Patch).WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites)
            .WithName("PatchIntegration").WithSummary("Change some of an integration (JSON Merge Patch)")
            .Accepts<IntegrationPatchBody>("application/merge-patch+json", "application/json");
        rows.MapDelete("/{id:guid}", Delete).WithMetadata(IfMatch.Honoured)
            .WithName("DeleteIntegration").WithSummary("Delete an integration; its revisions are kept");
        rows.MapPost("/{id:guid}/test", TestSaved).WithMetadata(Refusals.OfConfigs)
            .WithName("TestIntegration").WithSummary("Probe an integration; saves nothing");
        rows.MapPost("/{id:guid}/activate", Activate).WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites)
            .WithName("ActivateIntegration").WithSummary("Put an integration to use");
        rows.MapPost("/{id:guid}/deactivate", Deactivate).WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites)
            .WithName("DeactivateIntegration").WithSummary("Switch an integration off");
        rows.MapGet("/{id:guid}/health", Health).WithName("GetIntegrationHealth").WithSummary("The health of an integration, its last steps and what was found before");
        rows.MapGet("/{id:guid}/policies", Policies).WithName("GetIntegrationPolicies").WithSummary("Whose calls of which actions are allowed, asked for or blocked");
        rows.MapPut("/{id:guid}/policies", ReplacePolicies).WithMetadata(Refusals.OfWrites).WithName("ReplaceIntegrationPolicies").WithSummary("Put other policies in the place of all that there are");
        rows.MapGet("/{id:guid}/revisions", Revisions).Reveals("integration.history_read").WithMetadata(QueryParameter.Limit, QueryParameter.Cursor)
            .WithName("ListIntegrationRevisions").WithSummary("Every config ever saved, newest first");
        rows.MapPost("/{id:guid}/revisions/{n:int}/restore", Restore)
            .WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites).WithName("RestoreIntegrationRevision")
            .WithSummary("Make an old revision the newest");
    }

    private static async Task<Ok<EffectiveAnswer>> Effective(
        HttpRequest request, Caller caller, IntegrationResolver resolver, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var type = query.Text("integration_type")
            ?? throw new ProblemException(ProblemCode.InvalidRequest,
                "integration_type says which provider, such as ?integration_type=smtp. /api/v1/integrations/effective/export answers for all.");
        var resolution = await resolver.ResolveAsync(type, caller.TenantId, query.Text("name"), cancellationToken);
        return TypedResults.Ok(new EffectiveAnswer(ServingIntegration.From(resolution.Integration), resolution.Trail));
    }

    private static async Task<Ok<EffectiveExport>> ExportEffective(
        HttpContext context, Caller caller, IntegrationResolver resolver, CancellationToken cancellationToken)
    {
        _ = new QueryReader(context.Request);
        return await EffectiveExport.AnswerAsync(context.Response, caller, resolver, cancellationToken);
    }

    private static async Task<Ok<IntegrationList>> List(
        HttpRequest request, Caller caller, IntegrationStore store, IntegrationAnswers answers, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var page = await store.ListAsync(
            new IntegrationQuery
            {
                IntegrationType = query.Text("integration_type"),
                Status = query.OneOf<IntegrationStatus>("status"),
                HealthStatus = query.OneOf<HealthStatus>("health_status"),
                IsActive = query.Flag("is_active"),
                Name = query.Text("name"),
                Q = query.Text("q"),
                AllTenants = query.IsForAllTenants(),
                Limit = query.Limit(),
                Cursor = query.Text("cursor"),
            },
            caller, cancellationToken);
        return TypedResults.Ok(new IntegrationList([.. page.Items.Select(answers.From)], page.NextCursor));
    }

    private static async Task<Created<IntegrationAnswer>> Create(
        RequestBody<IntegrationBody> body, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpResponse response,
        CancellationToken cancellationToken)
    {
        var row = await store.CreateAsync(body.Value.ToDraft(), caller, cancellationToken);
        IfMatch.WriteTag(response, row.Revision);
        return TypedResults.Created($"/api/v1/integrations/{row.Id}", answers.From(row));
    }

    private static async Task<Ok<IntegrationAnswer>> Get(
        Guid id, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpResponse response, CancellationToken cancellationToken) =>
        Answer(await store.GetAsync(id, caller, cancellationToken), answers, response);

    private static async Task<Ok<IntegrationAnswer>> Replace(
        Guid id, RequestBody<IntegrationBody> body, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpRequest request,
        HttpResponse response, CancellationToken cancellationToken) =>
        Answer(await store.ReplaceAsync(id, body.Value.ToDraft(), IfMatch.Read(request), caller, cancellationToken), answers, response);

    private static async Task<Ok<IntegrationAnswer>> Patch(
        Guid id, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpContext context, CancellationToken cancellationToken)
    {
        var patch = await JsonBody.ReadObjectAsync(context);
        return Answer(
            await store.PatchAsync(id, patch, IfMatch.Read(context.Request), caller, cancellationToken), answers, context.Response);
    }

    private static async Task<NoContent> Delete(
        Guid id, Caller caller, IntegrationStore store, HttpRequest request, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, IfMatch.Read(request), caller, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IntegrationAnswer>> Activate(
        Guid id, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpRequest request, HttpResponse response,
        CancellationToken cancellationToken) =>
        Answer(await store.ActivateAsync(id, IfMatch.Read(request), caller, cancellationToken), answers, response);

    private static async Task<Ok<IntegrationAnswer>> Deactivate(
        Guid id, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpRequest request, HttpResponse response,
        CancellationToken cancellationToken) =>
        Answer(await store.DeactivateAsync(id, IfMatch.Read(request), caller, cancellationToken), answers, response);

    private static async Task<Ok<IntegrationAnswer>> Restore(
        Guid id, int n, Caller caller, IntegrationStore store, IntegrationAnswers answers, HttpRequest request, HttpResponse response,
        CancellationToken cancellationToken) =>
        Answer(await store.RestoreAsync(id, n, IfMatch.Read(request), caller, cancellationToken), answers, response);

    private static async Task<Ok<RevisionList>> Revisions(
        Guid id, HttpRequest request, Caller caller, IntegrationStore store, IntegrationAnswers answers, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        var limit = query.Limit();
        var row = await store.GetAsync(id, caller, cancellationToken);
        var revisions = await store.ListRevisionsAsync(id, query.Number("cursor"), limit, caller, cancellationToken);
        return TypedResults.Ok(new RevisionList(
            [.. revisions.Select(revision => answers.From(revision, row.IntegrationType))],
            revisions.Count == limit ? revisions[^1].Revision.ToString() : null));
    }

    private static async Task<Ok<PolicyList>> Policies(Guid id, Caller caller, PolicyStore policies, CancellationToken cancellationToken) =>
        TypedResults.Ok(PolicyList.From(await policies.ReadAsync(id, caller, cancellationToken)));

    private static async Task<Ok<PolicyList>> ReplacePolicies(
        Guid id, RequestBody<PolicyList> body, Caller caller, PolicyStore policies, CancellationToken cancellationToken) =>
        TypedResults.Ok(PolicyList.From(await policies.ReplaceAsync(id, body.Value.ToRules(), caller, cancellationToken)));

    private static async Task<Ok<HealthDetail>> Health(
        Guid id, Caller caller, IntegrationStore store, HealthBook book, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(id, caller, cancellationToken);
        return TypedResults.Ok(HealthDetail.From(row, await book.ReadLastAsync(id, HealthDetail.HistoryLength, cancellationToken)));
    }

    private static async Task<Ok<TestAnswer>> TestSaved(Guid id, Caller caller, IntegrationTester tester, CancellationToken cancellationToken) =>
        TypedResults.Ok(TestAnswer.From(await tester.TestSavedAsync(id, caller, onStep: null, cancellationToken)));

    private static async Task<Ok<TestAnswer>> TestUnsaved(
        RequestBody<TestBody> body, Caller caller, IntegrationTester tester, CancellationToken cancellationToken) =>
        TypedResults.Ok(TestAnswer.From(await tester.TestUnsavedAsync(
            body.Value.IntegrationType, body.Value.Config, body.Value.Id, caller, onStep: null, cancellationToken)));

    private static Ok<IntegrationAnswer> Answer(Integration row, IntegrationAnswers answers, HttpResponse response)
    {
        IfMatch.WriteTag(response, row.Revision);
        return TypedResults.Ok(answers.From(row));
    }
}
