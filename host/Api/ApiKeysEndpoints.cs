using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Api;

internal static class ApiKeysEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/api-keys").RequireAuthorization(AccessRoom.Admin);
        keys.MapGet("", List).WithName("ListApiKeys").WithSummary("The newest 200 keys of the tenant, or of the platform");
        keys.MapPost("", Create).WithName("CreateApiKey").WithSummary("Make a key; only this answer shows it");
        keys.MapDelete("/{id:guid}", Revoke).WithName("RevokeApiKey").WithSummary("Revoke a key for good");
    }

    private static async Task<Ok<ApiKeyList>> List(Caller caller, ApiKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyList([.. (await keys.ListAsync(caller, cancellationToken)).Select(key => new ApiKeyAnswer(key))]));

    private static async Task<Created<ApiKeyAnswer>> Create(
        RequestBody<NewApiKeyBody> body, Caller caller, ApiKeys keys, CancellationToken cancellationToken)
    {
        var (key, text) = await keys.CreateAsync(
            new NewApiKey(body.Value.Name, body.Value.Role, body.Value.TenantId ?? caller.TenantId, body.Value.ExpiresAt),
            caller, cancellationToken);
        return TypedResults.Created($"/api/v1/api-keys/{key.Id}", new ApiKeyAnswer(key, text));
    }

    private static async Task<NoContent> Revoke(Guid id, Caller caller, ApiKeys keys, CancellationToken cancellationToken)
    {
        await keys.RevokeAsync(id, caller, cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>Makes a key.</summary>
internal sealed record NewApiKeyBody
{
    /// <summary>What it is for, 1 to 200 characters.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }

    public required CallerRole Role { get; init; }

    /// <summary>The tenant that it acts for; default: the one that the caller acts for, or the platform.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>When it stops working; default: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key.</summary>
internal sealed record ApiKeyAnswer(
    Guid Id, string Name, CallerRole Role, Guid? TenantId, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt)
{
    public ApiKeyAnswer(ApiKey key, string? text = null)
        : this(key.Id, key.Name, key.Role, key.TenantId, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt) => Key = text;

    /// <summary>The key itself: in the answer that made it, and never again.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }
}

/// <summary>Keys.</summary>
internal sealed record ApiKeyList(IReadOnlyList<ApiKeyAnswer> Items);
