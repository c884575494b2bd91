using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Documents;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Api;

/// <summary>All integrations of a tenant or of the platform as one document.</summary>
internal static class DocumentsEndpoints
{
    private static readonly QueryParameter Format = new("format", typeof(DocumentFormat), "How the document is written; default json.");

    private static readonly QueryParameter Prune =
        new("prune", typeof(bool), "Whether integrations that the document does not name are deleted; default false.");

    private static readonly QueryParameter PlanHash =
        new("plan_hash", typeof(string), "Of the plan that is to be carried out: anything else is refused with 409.");

    private static readonly Refusals ExportRefusals = new(ProblemCode.TooLarge, ProblemCode.IntegrationUnusable);

    private static readonly OtherBody SealedUpload = new(typeof(SealedDocumentBody));

    public static void MapDocuments(this IEndpointRouteBuilder api)
    {
        var documents = api.MapGroup("/integrations").RequireAuthorization(AccessRoom.Admin);
        documents.MapGet("/export", Export).WithMetadata(Format, ExportRefusals).Produces<IntegrationDocument>(200, "application/json", "application/yaml")
            .WithName("ExportIntegrations").WithSummary("All integrations as one document, without their secrets");
        documents.MapPost("/export", ExportSealed).WithMetadata(ExportRefusals).Produces<IntegrationDocument>(200, "application/json", "application/yaml")
            .WithName("ExportSealedIntegrations").WithSummary("The same with the secrets, sealed with a passphrase; where the operator allows it");
        documents.MapPost("/plan", Plan).Reveals("integrations.compared").WithMetadata(new BodyLimit(IntegrationDocument.MaxBytes), Prune, Refusals.OfConfigs, SealedUpload)
            .WithName("PlanIntegrations").WithSummary("What applying a document would change; changes nothing");
        documents.MapPost("/apply", Apply).WithMetadata(new BodyLimit(IntegrationDocument.MaxBytes), Prune, PlanHash, Refusals.OfWrites, SealedUpload)
            .WithName("ApplyIntegrations").WithSummary("Make the integrations what a document says: all of it or nothing");
    }

    private static async Task<ContentHttpResult> Export(
        HttpContext context, Caller caller, IntegrationExport export, CancellationToken cancellationToken)
    {
        var format = new QueryReader(context.Request).OneOf<DocumentFormat>(Format.Name) ?? DocumentFormat.Json;
        return Answer(await export.WriteAsync(format, null, caller, cancellationToken), format, context.Response);
    }

    private static async Task<ContentHttpResult> ExportSealed(
        RequestBody<ExportBody> body, Caller caller, IntegrationExport export, IOptions<SecretsOptions> options, HttpResponse response,
        CancellationToken cancellationToken)
    {
        options.Value.DemandSealedExports();
        var format = body.Value.Format ?? DocumentFormat.Json;
        return Answer(await export.WriteAsync(format, body.Value.Passphrase, caller, cancellationToken), format, response);
    }

    private static async Task<Ok<DocumentPlan>> Plan(
        DocumentUpload upload, Caller caller, DocumentPlanner planner, HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok((await planner.PlanAsync(upload.ToRequest(new QueryReader(request).Flag(Prune.Name)), caller, cancellationToken)).Plan);

    private static async Task<Ok<DocumentPlan>> Apply(
        DocumentUpload upload, Caller caller, DocumentApply apply, HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request);
        return TypedResults.Ok(await apply.ApplyAsync(upload.ToRequest(query.Flag(Prune.Name)), query.Text(PlanHash.Name), caller, cancellationToken));
    }

    private static ContentHttpResult Answer(string text, DocumentFormat format, HttpResponse response)
    {
        var (type, ending) = format switch
        {
            DocumentFormat.Json => ("application/json", "json"),
            DocumentFormat.Yaml => ("application/yaml", "yaml"),
        };
        response.Headers.ContentDisposition = $"attachment; filename=\"integrations.{ending}\"";
        return TypedResults.Text(text, type, System.Text.Encoding.UTF8);
    }
}

/// <summary>Seals an export.</summary>
internal sealed record ExportBody
{
    /// <summary>How the document is written; default json.</summary>
    public DocumentFormat? Format { get; init; }

    /// <summary>12 to 1024 characters. Whoever has it and the document has every secret in it.</summary>
    public required string Passphrase { get; init; }

    // A record would print its members.
    public override string ToString() => nameof(ExportBody);
}

/// <summary>A document that was sealed, with its passphrase.</summary>
/// <param name="Document">The document, or its YAML as text.</param>
/// <param name="Passphrase">As it was given to the export.</param>
internal sealed record SealedDocumentBody(JsonNode Document, string Passphrase)
{
    // A record would print its members.
    public override string ToString() => nameof(SealedDocumentBody);
}

/// <summary>A document as a body, or <c>{document, passphrase}</c>, so that no passphrase is in an address or a header.</summary>
internal sealed record DocumentUpload(IntegrationDocument Document, string? Passphrase) : IBindableFromHttpContext<DocumentUpload>, IEndpointParameterMetadataProvider
{
    public static async ValueTask<DocumentUpload?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var format = context.Request.ContentType?.Contains("yaml", StringComparison.OrdinalIgnoreCase) == true ? DocumentFormat.Yaml : DocumentFormat.Json;
        var body = format is DocumentFormat.Json ? await JsonBody.ReadAsync(context) : await BodyBytes.ReadAsync(context);
        var (document, passphrase) = DocumentText.Read(body, format);
        return new DocumentUpload(document, passphrase);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json", "application/yaml"], typeof(IntegrationDocument)));

    public DocumentRequest ToRequest(bool? prune) => new(Document, Passphrase, prune ?? false);

    // A record would print its members.
    public override string ToString() => nameof(DocumentUpload);
}
