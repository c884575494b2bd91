using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.Jira;

/// <summary>Stands for Jira Cloud (REST v3 at <c>/rest/api/3</c>, and behind the gateway at <c>/ex/jira/{cloudId}</c>), Jira Data Center (REST v2
/// at <c>/jira/rest/api/2</c>), and Atlassian's sign-in (<c>/authorize</c>, <c>/oauth/token</c>, <c>accessible-resources</c>).</summary>
public sealed class JiraServer : VendorServer
{
    private readonly JiraState state = new();
    private readonly JiraSignIn signIn = new();

    /// <summary>The mail address and API token, or user name and password, that are taken.</summary>
    public string User { get; init; } = "ada@example.com";

    /// <summary>The secret of <see cref="User"/>; also the personal access token of Data Center.</summary>
    public string Secret { get; init; } = "api-token-of-ada";

    /// <summary>The site that the gateway and accessible-resources know.</summary>
    public Uri Site { get; set; } = new("https://example.atlassian.net");

    /// <summary>Its id.</summary>
    public string CloudId { get; init; } = "11223344-a1b2-3b33-c444-def123456789";

    /// <summary>The issues, as Jira keeps them.</summary>
    public IReadOnlyList<JsonObject> Issues => state.Issues;

    /// <summary>How many searches must pass until a new issue is found by one; default: it is found at once.</summary>
    public int SearchLag { get => state.SearchLag; set => state.SearchLag = value; }

    /// <summary>How many writes one issue takes before it says 429; default: any number.</summary>
    public int? WritesPerIssue { get; set; }

    /// <summary>Whether the old createmeta is still there and the new one is not, as before Data Center 8.4.</summary>
    public bool HasOldCreateMeta { get; set; }

    /// <summary>The refresh token that is good now, once a consent was given; setting it gives one.</summary>
    public string? RefreshToken { get => signIn.RefreshToken; set => signIn.RefreshToken = value; }

    /// <summary>Makes every access token invalid, as a sign-out does.</summary>
    public void RevokeAccessTokens() => signIn.Revoke();

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        signIn.Map(routes, () => (Site, CloudId));
        MapApi(routes.MapGroup("/rest/api/3"), isCloud: true);
        MapApi(routes.MapGroup("/ex/jira/{cloudId}/rest/api/3"), isCloud: true);
        MapApi(routes.MapGroup("/rest/api/2"), isCloud: false);
        MapApi(routes.MapGroup("/jira/rest/api/2"), isCloud: false);
    }

    private void MapApi(RouteGroupBuilder api, bool isCloud)
    {
        Route(api, "GET", "/myself", isCloud, (_, _) => Ok(JiraState.Ada(isCloud)));
        Route(api, "GET", "/field", isCloud, (_, _) => Ok(JiraState.Fields()));
        Route(api, "GET", "/priority", isCloud, (_, _) => Ok(JsonNode.Parse("""[{"name":"High"},{"name":"Low"}]""")));
        Route(api, "GET", "/issuetype", isCloud, (_, _) => Ok(JiraState.IssueTypes()));
        Route(api, "GET", "/project", isCloud, (_, _) => isCloud ? Error(404, "Gone") : Ok(state.Projects(null)));
        Route(api, "GET", "/project/search", isCloud, (request, _) => isCloud ? Ok(state.ProjectPage(request.Query)) : Error(404, "null"));
        Route(api, "GET", "/project/{key}", isCloud, (request, _) => state.Project(Path(request, "key")) is { } project
            ? Ok(project)
            : Error(404, "No project could be found with key."));
        Route(api, "GET", "/user/search", isCloud, (request, _) => Ok(JiraState.People(request.Query, isCloud)));
        Route(api, "GET", "/user/assignable/search", isCloud, (request, _) => Ok(JiraState.People(request.Query, isCloud)));
        Route(api, "POST", "/search/jql", isCloud, (_, body) => isCloud ? JiraSearch.Cloud(body, state) : Error(404, "null"));
        Route(api, "POST", "/search", isCloud, (_, body) => isCloud
            ? Error(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")
            : JiraSearch.DataCenter(body, state));
        Route(api, "GET", "/issue/createmeta", isCloud, (_, _) => HasOldCreateMeta
            ? Ok(JiraState.OldCreateMeta())
            : Error(404, "Issue Does Not Exist"));
        Route(api, "GET", "/issue/createmeta/{project}/issuetypes", isCloud, (_, _) => HasOldCreateMeta
            ? Error(404, "null")
            : Ok(new JsonObject { [isCloud ? "issueTypes" : "values"] = JiraState.IssueTypes(), ["total"] = 2 }));
        Route(api, "GET", "/issue/createmeta/{project}/issuetypes/{type}", isCloud, (_, _) => Ok(new JsonObject
        {
            [isCloud ? "fields" : "values"] = JiraState.CreateFields(), ["total"] = 3,
        }));
        Route(api, "POST", "/issue", isCloud, (_, body) => state.Create(body, isCloud, SiteOf(isCloud)));
        Route(api, "GET", "/issue/{key}", isCloud, (request, _) => OnIssue(request, issue => Ok(issue.DeepClone())));
        Route(api, "PUT", "/issue/{key}", isCloud, (request, body) => Write(request, issue => state.Update(issue, body, isCloud)));
        Route(api, "DELETE", "/issue/{key}", isCloud, (request, _) =>
            Write(request, issue => state.Delete(issue, request.Query["deleteSubtasks"] == "true")));
        Route(api, "PUT", "/issue/{key}/assignee", isCloud, (request, body) =>
            Write(request, issue => JiraState.Assign(issue, body, isCloud)));
        Route(api, "GET", "/issue/{key}/comment", isCloud, (request, _) =>
            OnIssue(request, issue => Ok(new JsonObject { ["comments"] = state.Comments(issue) })));
        Route(api, "POST", "/issue/{key}/comment", isCloud, (request, body) =>
            Write(request, issue => state.Comment(issue, body, isCloud)));
        Route(api, "GET", "/issue/{key}/transitions", isCloud, (request, _) =>
            OnIssue(request, issue => Ok(new JsonObject { ["transitions"] = JiraState.Transitions(issue) })));
        Route(api, "POST", "/issue/{key}/transitions", isCloud, (request, body) => Write(request, issue => JiraState.Move(issue, body)));
        api.MapPost("/issue/{key}/attachments", async (HttpRequest request) => Refusal(request, isCloud)
            ?? (request.Headers["X-Atlassian-Token"] == "no-check" ? await AttachAsync(request) : Error(403, "XSRF check failed")));
    }

    private void Route(RouteGroupBuilder api, string method, string path, bool isCloud, Func<HttpRequest, JsonObject, IResult> answer) =>
        api.MapMethods(path, [method], async (HttpRequest request) =>
        {
            if (Refusal(request, isCloud) is { } refusal) return refusal;
            if (method is not ("POST" or "PUT")) return answer(request, []);
            try
            {
                return await JsonNode.ParseAsync(request.Body) is JsonObject body ? answer(request, body) : Error(400, "Invalid request payload.");
            }
            catch (JsonException)
            {
                return Error(400, "Invalid request payload.");
            }
        });

    /// <summary>As Jira: who is refused goes on as nobody, for whom issues do not exist.</summary>
    private IResult? Refusal(HttpRequest request, bool isCloud)
    {
        var given = request.Headers.Authorization.ToString();
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Secret}"));
        var isGateway = request.Path.StartsWithSegments("/ex/jira");
        if (isGateway && Path(request, "cloudId") != CloudId) return Error(404, "No site");
        if (isGateway ? signIn.Knows(given) : given == basic || (!isCloud && given == $"Bearer {Secret}")) return null;
        if (request.Path.Value!.EndsWith("/myself", StringComparison.Ordinal) || isGateway)
        {
            return Error(401, "Client must be authenticated to access this resource.");
        }

        request.HttpContext.Response.Headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED";
        if (request.Path.Value.Contains("/search", StringComparison.Ordinal) && request.Method is "POST")
        {
            return Ok(new JsonObject { ["issues"] = new JsonArray(), ["total"] = 0 });
        }

        return Error(404, "Issue does not exist or you do not have permission to see it.");
    }

    private IResult OnIssue(HttpRequest request, Func<JsonObject, IResult> answer) =>
        state.Find(Path(request, "key")) is { } issue ? answer(issue) : Error(404, "Issue does not exist or you do not have permission to see it.");

    private IResult Write(HttpRequest request, Func<JsonObject, IResult> answer) => OnIssue(request, issue =>
    {
        if (state.CountWrite(issue) <= (WritesPerIssue ?? int.MaxValue)) return answer(issue);
        request.HttpContext.Response.Headers["RateLimit-Reason"] = "jira-per-issue-on-write";
        request.HttpContext.Response.Headers.RetryAfter = "5";
        return Error(429, "Rate limit exceeded.");
    });

    private async Task<IResult> AttachAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var files = form.Files.Where(file => file.Name == "file").Select((file, index) => new JsonObject
        {
            ["id"] = $"3000{index}",
            ["filename"] = file.FileName,
            ["size"] = file.Length,
            ["mimeType"] = file.ContentType,
            ["content"] = $"{Site}rest/api/3/attachment/content/3000{index}",
            ["author"] = JiraState.Ada(true),
        });
        return OnIssue(request, _ => Ok(new JsonArray([.. files])));
    }

    private Uri SiteOf(bool isCloud) => isCloud ? Site : new Uri(Address, "jira/");

    private static string Path(HttpRequest request, string name) => request.RouteValues[name]?.ToString() ?? "";

    internal static IResult Ok(JsonNode? body) => Results.Text(body?.ToJsonString() ?? "null", "application/json");

    internal static IResult Error(int status, string message, JsonObject? errors = null) => Results.Text(
        new JsonObject { ["errorMessages"] = errors is null ? [message] : new JsonArray(), ["errors"] = errors ?? [] }.ToJsonString(),
        "application/json",
        statusCode: status);
}
