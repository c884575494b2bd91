using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Api.Document;

/// <summary>Operations: who may call them, what they take beside their body, and everything that they answer.</summary>
internal static class OperationDetails
{
    private static readonly Dictionary<string, string> PathParameters = new()
    {
        ["type"] = "The provider, such as smtp.",
        ["action"] = "The action, such as send_email.",
        ["field"] = "The field of the config, or action.field of an action's input.",
        ["id"] = "Its id.",
        ["n"] = "The revision.",
    };

    public static async Task DescribeAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(OpenApiDocument.Bearer, context.Document)] = [] }];
        operation.Description = $"{Callers(metadata)}{(operation.Description is { Length: > 0 } more ? $" {more}" : "")}";
        DescribeRequest(operation, metadata);
        DescribeAnswers(operation, metadata);
        DescribeRefusals(operation, metadata, context);
        DescribeYaml(operation);
        if (metadata.OfType<OtherAnswer>().SingleOrDefault() is { } answer)
            await AddAsync(operation.Responses?["200"].Content, answer.Type, context, cancellationToken);
        if (metadata.OfType<OtherBody>().SingleOrDefault() is { } body) await AddAsync(operation.RequestBody?.Content, body.Type, context, cancellationToken);
    }

    // Which is text to whoever goes by this document.
    private static void DescribeYaml(OpenApiOperation operation)
    {
        var contents = (operation.Responses?.Values.Select(response => response.Content) ?? []).Append(operation.RequestBody?.Content);
        foreach (var content in contents)
        {
            if (content?.TryGetValue("application/yaml", out var yaml) is true) (yaml.Schema, yaml.Example) = (Text(), null);
        }
    }

    // Beside what is there.
    private static async Task AddAsync(
        IDictionary<string, OpenApiMediaType>? contents, Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (contents?["application/json"] is not { Schema: { } usual } content) return;
        context.Document?.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        content.Schema = new OpenApiSchema { AnyOf = [usual, new OpenApiSchemaReference(type.Name, context.Document)] };
    }

    private static string Callers(IList<object> metadata)
    {
        var policies = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).ToList();
        return policies.Contains(AccessRoom.PlatformAdmin) ? "For admins with a key of platform scope."
            : policies.Contains(AccessRoom.Admin) ? "For admins."
            : "For any key.";
    }

    private static void DescribeRequest(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In is ParameterLocation.Path))
            parameter.Description ??= parameter.Name is { } name ? PathParameters.GetValueOrDefault(name) : null;
        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters.Add(Parameter(parameter.Name, ParameterLocation.Query, parameter.Description, Schema(parameter)));
            if (parameter.IsRequired && operation.Parameters[^1] is OpenApiParameter added) added.Required = true;
        }

        if (metadata.OfType<IfMatch.Mark>().Any())
        {
            operation.Parameters.Add(Parameter("If-Match", ParameterLocation.Header,
                "The ETag as last seen: the call is refused with 412 when somebody changed the integration since.", Text()));
        }

        if (metadata.OfType<Preference.Mark>().Any())
        {
            operation.Parameters.Add(Parameter(Preference.Name, ParameterLocation.Header,
                "respond-async: do not wait. The call is kept and answered 202; what else is preferred is ignored.", Text()));
        }

        if (metadata.OfType<IdempotencyKeyHeader.Mark>().Any())
        {
            operation.Parameters.Add(Parameter(IdempotencyKeyHeader.Name, ParameterLocation.Header,
                "Has the call done once: sent again within 24 hours by the same caller, for the same tenant and action and with the same body, it is "
                + "answered what came of it the first time. A call that certainly changed nothing releases its key.",
                new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255, Pattern = "^[ -~]+$" }));
        }

        operation.Parameters.Add(Parameter("X-Tenant-Id", ParameterLocation.Header,
            "The tenant that a platform-scoped key acts for; without it, the platform itself.",
            new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }));
        if (operation.OperationId is { } id && BodyExamples.Find(id) is { } example && operation.RequestBody?.Content is { } contents)
        {
            foreach (var content in contents.Values.OfType<OpenApiMediaType>()) content.Example = example;
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            if (answer is not OpenApiResponse response) continue;
            foreach (var header in metadata.OfType<AnswerHeader>()) AddHeader(response, header.Name, header.Description);
            if (status is "201" or "202") AddHeader(response, "Location", status is "201" ? "Where it is found." : "Where to look for what came of it.");
            if (status is "202" && metadata.OfType<Preference.Mark>().Any()) AddHeader(response, Preference.AppliedName, "respond-async.");
            if (metadata.OfType<IdempotencyKeyHeader.Mark>().Any())
            {
                AddHeader(response, IdempotencyKeyHeader.ReplayedName,
                    "true: it was done before under the same key, and this is the answer that was given then.");
            }
        }
    }

    private static void DescribeRefusals(OpenApiOperation operation, IList<object> metadata, OpenApiOperationTransformerContext context)
    {
        var hasIfMatch = metadata.OfType<IfMatch.Mark>().Any();
        var isKeyed = metadata.OfType<IdempotencyKeyHeader.Mark>().Any(mark => mark.AnswersConflicts);
        ProblemCode[] none = [];
        IEnumerable<ProblemCode> codes =
        [
            ProblemCode.InvalidRequest, ProblemCode.Unauthenticated, ProblemCode.Forbidden, ProblemCode.RateLimited, ProblemCode.InternalError,
            ProblemCode.DatabaseUnavailable, ProblemCode.HostStopping,
            .. metadata.OfType<Refusals>().SelectMany(refusals => refusals.Codes),
            .. operation.Parameters?.Any(parameter => parameter.In is ParameterLocation.Path) == true ? [ProblemCode.NotFound] : none,
            .. operation.RequestBody is null ? none : [ProblemCode.TooLarge],
            .. hasIfMatch ? [ProblemCode.RevisionConflict] : none,
            .. isKeyed ? [ProblemCode.IdempotencyKeyConflict, ProblemCode.ExecutionInProgress] : none,
        ];
        var refused = codes.Distinct().Select(code => (Status: ProblemResponses.Status(code, hasIfMatch: false), Code: code)).ToList();
        if (hasIfMatch) refused.Add((StatusCodes.Status412PreconditionFailed, ProblemCode.RevisionConflict));
        if (operation.RequestBody is not null) refused.Add((StatusCodes.Status415UnsupportedMediaType, ProblemCode.InvalidRequest));
        operation.Responses ??= [];
        foreach (var reasons in refused.OrderBy(one => one.Status).GroupBy(one => one.Status, one => SnakeCaseEnum.Text(one.Code)))
            operation.Responses[reasons.Key.ToString(CultureInfo.InvariantCulture)] = Problem(reasons.Key, [.. reasons], isKeyed, context);
    }

    private static OpenApiResponse Problem(int status, IReadOnlyList<string> codes, bool isKeyed, OpenApiOperationTransformerContext context)
    {
        var response = new OpenApiResponse
        {
            Description = $"{ReasonPhrases.GetReasonPhrase(status)}: {string.Join(", ", codes)}.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ApiProblem), context.Document) },
            },
        };
        if (status is StatusCodes.Status401Unauthorized) AddHeader(response, "WWW-Authenticate", "Bearer.");
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            AddHeader(response, "Retry-After", "Seconds to wait, where that is known; retry_after_seconds says the same.");
        if (isKeyed) AddHeader(response, IdempotencyKeyHeader.ReplayedName, "true: this is what was answered the first time.");
        return response;
    }

    private static void AddHeader(OpenApiResponse response, string name, string description)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader { Description = description, Schema = Text() };
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, OpenApiSchema schema) =>
        new() { Name = name, In = place, Description = description, Schema = schema };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Schema(QueryParameter parameter) => parameter.Type switch
    {
        _ when parameter == QueryParameter.Limit => new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = 50 },
        var type when type == typeof(bool) => new() { Type = JsonSchemaType.Boolean },
        var type when type == typeof(Guid) => new() { Type = JsonSchemaType.String, Format = "uuid" },
        var type when type == typeof(DateTimeOffset) => new() { Type = JsonSchemaType.String, Format = "date-time" },
        { IsEnum: true } type => new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))],
        },
        _ => Text(),
    };
}
