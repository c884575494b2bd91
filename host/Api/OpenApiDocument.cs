using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Api;

/// <summary>The OpenAPI document: what the endpoints do not say by themselves.</summary>
internal static class OpenApiDocument
{
    private const string Bearer = "bearer";

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(async (document, context, cancellationToken) =>
        {
            document.Info = new OpenApiInfo { Title = "Vaka.Plugins", Version = "v1", Description = "The integration host's API." };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                Description = "An API key: 'keys create' prints one."
                    + (context.ApplicationServices.GetRequiredService<JwtOptions>().IsConfigured()
                        ? " Or a token (JWT) of this platform's issuer, with sub, role, and either tenant_id or a scope that holds platform."
                        : ""),
            };
            document.AddComponent(nameof(ApiProblem), await context.GetOrCreateSchemaAsync(typeof(ApiProblem), null, cancellationToken));
        });
        options.AddOperationTransformer(DescribeAsync);

        // JSON that is answered as it stands is any JSON, as a node is.
        options.CreateSchemaReferenceId = type => type.Type == typeof(ReadOnlyMemory<byte>)
            ? nameof(JsonNode)
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // A converter of our own hides the type from the generator.
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(DateTimeOffset))
                schema.Type = type == context.JsonTypeInfo.Type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            if (context.JsonPropertyInfo?.AttributeProvider?.IsDefined(typeof(ReadOnlyAttribute), false) == true) schema.ReadOnly = true;
            return Task.CompletedTask;
        });
    });

    private static async Task DescribeAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        operation.Parameters ??= [];
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var parameter in metadata.OfType<QueryParameter>())
            operation.Parameters.Add(Parameter(parameter.Name, ParameterLocation.Query, parameter.Description, Schema(parameter.Type)));
        if (metadata.OfType<IfMatch.Mark>().Any())
        {
            operation.Parameters.Add(Parameter("If-Match", ParameterLocation.Header,
                "The ETag as last seen: the call is refused with 412 when somebody changed the integration since.", Schema(typeof(string))));
        }

        operation.Parameters.Add(Parameter("X-Tenant-Id", ParameterLocation.Header,
            "The tenant that a platform-scoped key acts for; without it, the platform itself.", Schema(typeof(Guid))));
        operation.Responses ??= [];
        operation.Responses["default"] = Problem("A problem: its code is stable, its detail says what to do.", context);
        if (metadata.OfType<IdempotencyKeyHeader.Mark>().SingleOrDefault() is { } idempotency) DescribeKey(operation, idempotency, context);
        if (metadata.OfType<OtherAnswer>().SingleOrDefault() is { } other) await DescribeAsync(operation, other, context, cancellationToken);
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation, OtherAnswer other, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.Responses?["200"].Content?["application/json"] is not { Schema: { } usual } answer) return;
        context.Document?.AddComponent(other.Type.Name, await context.GetOrCreateSchemaAsync(other.Type, null, cancellationToken));
        answer.Schema = new OpenApiSchema { AnyOf = [usual, new OpenApiSchemaReference(other.Type.Name, context.Document)] };
    }

    private static void DescribeKey(OpenApiOperation operation, IdempotencyKeyHeader.Mark mark, OpenApiOperationTransformerContext context)
    {
        operation.Parameters?.Add(Parameter(IdempotencyKeyHeader.Name, ParameterLocation.Header,
            "Has the call done once: sent again within 24 hours by the same caller, for the same tenant and action and with the same body, it is "
            + "answered what came of it the first time. A call that certainly changed nothing releases its key.",
            new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255, Pattern = "^[ -~]+$" }));
        if (operation.Responses is not { } responses) return;
        if (responses.TryGetValue("200", out var answer) && answer is OpenApiResponse ok)
        {
            ok.Headers ??= new Dictionary<string, IOpenApiHeader>();
            ok.Headers[IdempotencyKeyHeader.ReplayedName] = new OpenApiHeader
            {
                Description = "true: it was done before under the same key, and this is the answer that was given then.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        if (!mark.AnswersConflicts) return;
        responses["409"] = Problem(
            "Among others idempotency_key_conflict: the key was used for another call, or its answer was not kept; execution_in_progress: what the "
            + "key stands for still runs.", context);
    }

    private static OpenApiResponse Problem(string description, OpenApiOperationTransformerContext context) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ApiProblem), context.Document) },
        },
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, OpenApiSchema schema) =>
        new() { Name = name, In = place, Description = description, Schema = schema };

    private static OpenApiSchema Schema(Type type) => type switch
    {
        _ when type == typeof(int) => new() { Type = JsonSchemaType.Integer },
        _ when type == typeof(bool) => new() { Type = JsonSchemaType.Boolean },
        _ when type == typeof(Guid) => new() { Type = JsonSchemaType.String, Format = "uuid" },
        _ when type == typeof(DateTimeOffset) => new() { Type = JsonSchemaType.String, Format = "date-time" },
        { IsEnum: true } => new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))],
        },
        _ => new() { Type = JsonSchemaType.String },
    };
}
