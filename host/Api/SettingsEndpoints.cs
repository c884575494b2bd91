using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

/// <summary>A shortcut for callers that know one integration of a type: the tenant's default one as its flat config.</summary>
internal static class SettingsEndpoints
{
    /// <summary>Maps <c>/{type}-settings</c>.</summary>
    public static void MapSettings(this IEndpointRouteBuilder api, string type, string displayName)
    {
        var settings = api.MapGroup($"/{type}-settings").RequireAuthorization(AccessRoom.Admin);
        settings.MapGet("", (Caller caller, DefaultSettings defaults, IntegrationAnswers answers, HttpResponse response,
                CancellationToken cancellationToken) => Get(type, caller, defaults, answers, response, cancellationToken))
            .Reveals("integration.read", type)
            .WithMetadata(AnswerHeader.ETag, Refusals.OfSettings).WithName($"Get{displayName}Settings")
            .WithSummary($"The tenant's default {displayName} integration as its config, without secrets");
        settings.MapPut("", (HttpContext context, Caller caller, DefaultSettings defaults, IntegrationAnswers answers,
                CancellationToken cancellationToken) => Put(type, context, caller, defaults, answers, cancellationToken))
            .Accepts<JsonObject>("application/json")
            .WithMetadata(IfMatch.Honoured, AnswerHeader.ETag, Refusals.OfWrites).WithName($"Put{displayName}Settings")
            .WithSummary($"Create or update the tenant's default {displayName} integration");
        settings.MapDelete("", async (HttpRequest request, Caller caller, DefaultSettings defaults, CancellationToken cancellationToken) =>
            {
                await defaults.DeleteAsync(type, IfMatch.Read(request), caller, cancellationToken);
                return TypedResults.NoContent();
            })
            .WithMetadata(IfMatch.Honoured, Refusals.OfSettings).WithName($"Delete{displayName}Settings")
            .WithSummary($"Delete the tenant's default {displayName} integration");
        settings.MapPost("/test", (HttpContext context, Caller caller, DefaultSettings defaults, IntegrationTester tester,
                CancellationToken cancellationToken) => Test(type, context, caller, defaults, tester, cancellationToken))
            .Accepts<JsonObject>(isOptional: true, "application/json")
            .WithMetadata(Refusals.OfConfigs, Refusals.OfSettings).WithName($"Test{displayName}Settings")
            .WithSummary($"Probe the tenant's default {displayName} integration, or the config in the body; saves nothing");
    }

    private static async Task<Ok<JsonObject>> Get(
        string type, Caller caller, DefaultSettings defaults, IntegrationAnswers answers, HttpResponse response, CancellationToken cancellationToken)
    {
        var row = await defaults.FindAsync(type, caller, cancellationToken) ?? throw defaults.NotConfigured(type);
        return Flat(row, answers, response);
    }

    private static async Task<Results<Ok<JsonObject>, Created<JsonObject>>> Put(
        string type, HttpContext context, Caller caller, DefaultSettings defaults, IntegrationAnswers answers, CancellationToken cancellationToken)
    {
        var config = await JsonBody.ReadObjectAsync(context);
        config.Remove("secrets"); // answer-only
        var (row, isNew) = await defaults.SaveAsync(type, config, IfMatch.Read(context.Request), caller, cancellationToken);
        var flat = Flat(row, answers, context.Response);
        return isNew ? TypedResults.Created($"/api/v1/{type}-settings", flat.Value) : flat;
    }

    private static async Task<Ok<TestAnswer>> Test(
        string type, HttpContext context, Caller caller, DefaultSettings defaults, IntegrationTester tester, CancellationToken cancellationToken)
    {
        var row = await defaults.FindAsync(type, caller, cancellationToken);
        if (await JsonBody.ReadOptionalObjectAsync(context) is { } config)
        {
            config.Remove("secrets");
            return TypedResults.Ok(TestAnswer.From(await tester.TestUnsavedAsync(type, config, row?.Id, caller, onStep: null, cancellationToken)));
        }

        return row is null
            ? throw defaults.NotConfigured(type)
            : TypedResults.Ok(TestAnswer.From(await tester.TestSavedAsync(row.Id, caller, onStep: null, cancellationToken)));
    }

    private static Ok<JsonObject> Flat(Integration row, IntegrationAnswers answers, HttpResponse response)
    {
        var answer = answers.From(row);
        IfMatch.WriteTag(response, row.Revision);
        answer.Config["secrets"] = new JsonObject(answer.Secrets.Select(secret => KeyValuePair.Create<string, JsonNode?>(secret.Key, new JsonObject
        {
            ["set"] = secret.Value.Set,
            ["fingerprint"] = secret.Value.Fingerprint,
            ["updated_at"] = secret.Value.UpdatedAt,
        })));
        return TypedResults.Ok(answer.Config);
    }
}
