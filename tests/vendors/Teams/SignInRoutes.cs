using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Vaka.Plugins.Vendors.Teams;

/// <summary>Microsoft's sign-in, with one app registration. Whoever opens the consent page consents. A refresh token is good once.</summary>
public sealed class SignInRoutes(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, (string Challenge, string Redirect, string Scope)> codes = new();
    private readonly ConcurrentDictionary<string, string> refreshTokens = new();
    private readonly ConcurrentDictionary<string, (string Scope, DateTimeOffset Ends)> accessTokens = new();

    /// <summary>The directory.</summary>
    public string TenantId { get; } = Guid.NewGuid().ToString();

    /// <summary>The app.</summary>
    public string ClientId { get; } = Guid.NewGuid().ToString();

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; } = $"8Q~{RandomNumberGenerator.GetHexString(30)}";

    /// <summary>The permissions that consent is given for, whatever is asked.</summary>
    public IReadOnlyList<string> Granted { get; set; } = ["ChannelMessage.Send", "Team.ReadBasic.All", "Channel.ReadBasic.All"];

    /// <summary>A refresh token as somebody got it elsewhere.</summary>
    public string IssueRefreshToken()
    {
        var token = $"1.{RandomNumberGenerator.GetHexString(40)}";
        refreshTokens[token] = string.Join(' ', Granted);
        return token;
    }

    /// <summary>Takes every token back, as when the account's password changes.</summary>
    public void Revoke()
    {
        refreshTokens.Clear();
        accessTokens.Clear();
    }

    /// <summary>Takes the access tokens back; refresh tokens stay good.</summary>
    public void RevokeAccessTokens() => accessTokens.Clear();

    internal string? ScopeOf(string? authorization) =>
        authorization?.Split(' ') is ["Bearer", var token] && accessTokens.TryGetValue(token, out var known) && clock.GetUtcNow() < known.Ends
            ? known.Scope
            : null;

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{tenant}/oauth2/v2.0/authorize", (string tenant, HttpContext context) => Authorize(tenant, context.Request.Query));
        routes.MapPost("/{tenant}/oauth2/v2.0/token", async (string tenant, HttpContext context) =>
            Token(tenant, await context.Request.ReadFormAsync(context.RequestAborted)));
    }

    private IResult Authorize(string tenant, IQueryCollection query)
    {
        if (tenant != TenantId || query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256")
            return Results.BadRequest();
        var scope = query["scope"].ToString().Split(' ');
        var asked = scope.Select(name => name.Split('/')[^1]).Where(Granted.Contains);
        var code = RandomNumberGenerator.GetHexString(32);
        var given = string.Join(' ', [.. asked, .. scope.Where(name => name == "offline_access")]);
        codes[code] = (query["code_challenge"].ToString(), query["redirect_uri"].ToString(), given);
        return Results.Redirect(QueryHelpers.AddQueryString(
            query["redirect_uri"].ToString(), new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    private IResult Token(string tenant, IFormCollection form)
    {
        if (tenant != TenantId) return Refuse(400, "invalid_request", "AADSTS90002: Tenant not found.");
        if (form["client_id"] != ClientId) return Refuse(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.");
        if (form["client_secret"] != ClientSecret) return Refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        switch (form["grant_type"].ToString())
        {
            case "refresh_token" when refreshTokens.TryRemove(form["refresh_token"].ToString(), out var scope):
                return Grant(scope, refreshes: true);
            case "refresh_token":
                return Refuse(400, "invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.");
            case "authorization_code" when codes.TryRemove(form["code"].ToString(), out var code)
                && code.Redirect == form["redirect_uri"]
                && code.Challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))):
                return Grant(code.Scope, code.Scope.Contains("offline_access", StringComparison.Ordinal));
            case "authorization_code":
                return Refuse(400, "invalid_grant", "AADSTS70008: The provided authorization code has expired or is invalid.");
            default:
                return Refuse(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
        }
    }

    private IResult Grant(string scope, bool refreshes)
    {
        var access = $"eyJ0eXAi.{RandomNumberGenerator.GetHexString(60)}";
        accessTokens[access] = (scope, clock.GetUtcNow().AddSeconds(3599));
        var refresh = refreshes ? $"1.{RandomNumberGenerator.GetHexString(40)}" : null;
        if (refresh is not null) refreshTokens[refresh] = scope;
        return Results.Json(new Dictionary<string, object?>
        {
            ["token_type"] = "Bearer", ["scope"] = scope, ["expires_in"] = 3599, ["access_token"] = access, ["refresh_token"] = refresh,
        });
    }

    private static IResult Refuse(int status, string error, string description) =>
        Results.Json(new { error, error_description = description, error_codes = new[] { 70000 } }, statusCode: status);
}
