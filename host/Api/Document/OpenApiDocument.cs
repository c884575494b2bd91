using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Api.Document;

/// <summary>The OpenAPI document: what the endpoints do not say by themselves.</summary>
internal static class OpenApiDocument
{
    public const string Bearer = "bearer";

    private static readonly Dictionary<string, string> Tags = new()
    {
        ["Providers"] = "What can be configured: the plugins, their schemas and actions.",
        ["Integrations"] = "What is configured: one provider for one tenant, or for the whole platform.",
        ["Settings"] = "A tenant's default SMTP and SSO integration as its flat config.",
        ["Single sign-on"] = "Has people signed in through the tenant's identity provider.",
        ["Actions"] = "Has a provider do something.",
        ["Executions"] = "What was done, and what waits to be done.",
        ["API keys"] = "Who may call.",
        ["Audit"] = "Who changed what.",
    };

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddOperationTransformer(OperationDetails.DescribeAsync);
        options.CreateSchemaReferenceId = SchemaDetails.NameOf;
        options.AddSchemaTransformer(SchemaDetails.DescribeAsync);
        options.AddDocumentTransformer(async (document, context, cancellationToken) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Vaka.Plugins",
                Version = "v1",
                Description = "The integration host's API. Bodies are JSON in snake_case, times RFC 3339 in UTC. Every failure is an "
                    + "application/problem+json with a stable code and a detail that says what to do.",
                Contact = new OpenApiContact { Name = "The authors of Vaka.Plugins" },
                License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            };
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
            var problem = await context.GetOrCreateSchemaAsync(typeof(ApiProblem), null, cancellationToken);
            problem.Examples = [BodyExamples.Problem];
            document.AddComponent(nameof(ApiProblem), problem);
            foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
                tag.Description = tag.Name is { } name ? Tags.GetValueOrDefault(name) : null;
            SchemaDetails.Mend(document, context);
        });
    });
}
