using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Jira;

/// <summary>Atlassian's sign-in: everybody consents; each refresh token is good once.</summary>
internal sealed class JiraSignIn
{
    private readonly ConcurrentDictionary<string, bool> accessTokens = new();
    private readonly ConcurrentDictionary<string, bool> codes = new();
    private int made;

    public string? RefreshToken { get; set; }

    public bool Knows(string authorization) =>
        authorization.StartsWith("Bearer ", StringComparison.Ordinal) && accessTokens.ContainsKey(authorization["Bearer ".Length..]);

    public void Revoke() => accessTokens.Clear();

    public void Map(IEndpointRouteBuilder routes, Func<(Uri Site, string CloudId)> site)
    {
        routes.MapGet("/authorize", (string redirect_uri, string state, string audience, string scope) =>
        {
            if (audience != "api.atlassian.com" || !scope.Contains("offline_access", StringComparison.Ordinal)) return Results.BadRequest();
            var code = $"code-{Interlocked.Increment(ref made)}";
            codes[code] = true;
            return Results.Redirect($"{redirect_uri}?code={code}&state={Uri.EscapeDataString(state)}");
        });
        routes.MapPost("/oauth/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var good = form["grant_type"] == "refresh_token" ? form["refresh_token"] == RefreshToken : codes.TryRemove(form["code"].ToString(), out _);
            return good && form["client_secret"].Count > 0 ? Grant() : Refuse("invalid_grant", 403);
        });
        routes.MapGet("/oauth/token/accessible-resources", (HttpRequest request) => !Knows(request.Headers.Authorization.ToString())
            ? Refuse("unauthorized", 401)
            : JiraServer.Ok(new JsonArray(
                new JsonObject { ["id"] = "another", ["url"] = "https://another.atlassian.net", ["name"] = "another" },
                new JsonObject { ["id"] = site().CloudId, ["url"] = site().Site.AbsoluteUri.TrimEnd('/'), ["name"] = "example" })));
    }

    private IResult Grant()
    {
        var number = Interlocked.Increment(ref made);
        RefreshToken = $"refresh-token-{number}";
        accessTokens[$"access-token-{number}"] = true;
        return JiraServer.Ok(new JsonObject
        {
            ["access_token"] = $"access-token-{number}", ["refresh_token"] = RefreshToken, ["expires_in"] = 3600, ["token_type"] = "Bearer",
        });
    }

    private static IResult Refuse(string error, int status) =>
        Results.Text(new JsonObject { ["error"] = error }.ToJsonString(), "application/json", statusCode: status);
}
