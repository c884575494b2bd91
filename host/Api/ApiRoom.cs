using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalar.AspNetCore;
using Vaka.Plugins.Host.Api.Document;

namespace Vaka.Plugins.Host.Api;

/// <summary>The wire: binds, calls, maps.</summary>
internal static class ApiRoom
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.TryAddSingleton<Faults>();
        services.AddExceptionHandler<ProblemResponses>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ProblemResponses>();
        services.AddSingleton<IntegrationAnswers>();
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.DictionaryKeyPolicy = null;
            json.NumberHandling = JsonNumberHandling.Strict;
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
            json.Converters.Add(new UtcConverter());
            json.RespectNullableAnnotations = true;
        });
        services.AddOpenApiDocument();
        return services;
    }

    /// <summary>Answers every failure in one form. What is worth a line in the log has it written where it is answered.</summary>
    public static void UseProblemResponses(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = _ => Task.CompletedTask, // never reached: ProblemResponses handles all
            SuppressDiagnosticsCallback = _ => true,
        });
        app.UseStatusCodePages(context => ProblemResponses.WriteBareStatusAsync(context.HttpContext));
    }

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization();
        api.MapGroup("").WithTags("Providers").MapProviders();
        api.MapGroup("").WithTags("Providers").MapPackages();
        api.MapGroup("").WithTags("Integrations").MapIntegrations();
        api.MapGroup("").WithTags("Integrations").MapDocuments();
        api.MapGroup("").WithTags("Settings").MapSettings("smtp", "SMTP");
        api.MapGroup("").WithTags("Settings").MapSettings("sso", "SSO");
        api.MapGroup("").WithTags("Single sign-on").MapSingleSignOnApi();
        api.MapGroup("").WithTags("Actions").MapActions();
        api.MapGroup("").WithTags("Executions").MapExecutions();
        api.MapGroup("").WithTags("API keys").MapApiKeys();
        api.MapGroup("").WithTags("Audit").MapAudit();
        app.MapOperations();
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", options => options
            .WithTitle("Vaka.Plugins API").AddPreferredSecuritySchemes("bearer")

            // Whatever would talk to somebody else's servers.
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton()).AllowAnonymous();
    }
}
