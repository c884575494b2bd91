using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vaka.Plugins.Vendors.ServiceNow;

/// <summary>A ServiceNow instance: Table API, Attachment API and <c>/oauth_token.do</c>, over tables that keep what is written to them. As a
/// real one it ignores fields and conditions that it does not know, drops what an access control rule forbids without a word, hides records
/// from pages that were already cut, and counts requests by user.</summary>
public sealed class ServiceNowServer : VendorServer
{
    /// <summary>The records.</summary>
    public ServiceNowTables Tables { get; } = new();

    /// <summary>Who may sign in, and how.</summary>
    public ServiceNowAccounts Accounts { get; } = new();

    /// <summary>Who may do what.</summary>
    public ServiceNowAccess Access { get; } = new();

    /// <summary>It sleeps: every request is answered with a page that says so.</summary>
    public bool Hibernating { get; set; }

    /// <summary>How many requests a user may make before 429; default: as many as one likes.</summary>
    public int? RequestsPerUser { get; set; }

    /// <summary>The largest file it takes, in bytes.</summary>
    public int LargestFile { get; set; } = 1024 * 1024;

    private readonly Dictionary<string, int> counts = [];
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/oauth_token.do", TokenAsync);
        routes.MapGet("/api/now/table/{table}", context => GuardAsync(context, List));
        routes.MapPost("/api/now/table/{table}", context => GuardAsync(context, CreateAsync));
        routes.MapGet("/api/now/table/{table}/{id}", context => GuardAsync(context, Read));
        routes.MapPatch("/api/now/table/{table}/{id}", context => GuardAsync(context, ChangeAsync));
        routes.MapPut("/api/now/table/{table}/{id}", context => GuardAsync(context, ChangeAsync));
        routes.MapDelete("/api/now/table/{table}/{id}", context => GuardAsync(context, Delete));
        routes.MapPost("/api/now/attachment/file", context => GuardAsync(context, AttachAsync));
        routes.MapFallback(context => WriteAsync(
            context, 400, Failure("Requested URI does not represent any resource", context.Request.Path.Value)));
    }

    private static Task WriteAsync(HttpContext context, int status, JsonNode? body)
    {
        context.Response.StatusCode = status;
        if (body is null) return Task.CompletedTask;
        context.Response.ContentType = "application/json;charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static JsonObject Failure(string message, string? detail) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["detail"] = detail }, ["status"] = "failure",
    };

    private async Task TokenAsync(HttpContext context)
    {
        if (await SleepsAsync(context)) return;
        var (status, answer) = Accounts.Grant(await context.Request.ReadFormAsync());
        await WriteAsync(context, status, answer);
    }

    private async Task<bool> SleepsAsync(HttpContext context)
    {
        if (!Hibernating) return false;
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync(
            "<html><title>Instance Hibernating page</title><body>Your instance is hibernating. Sign in to wake it up.</body></html>");
        return true;
    }

    private async Task GuardAsync(HttpContext context, Func<HttpContext, string, Task> serve)
    {
        if (await SleepsAsync(context)) return;
        if (Accounts.UserOf(context.Request.Headers) is not { } user)
        {
            context.Response.Headers.WWWAuthenticate = "BASIC realm=\"Service-now\"";
            await WriteAsync(context, 401, Failure("User Not Authenticated", "Required to provide Auth information"));
            return;
        }

        if (IsTooMany(user))
        {
            context.Response.Headers["X-RateLimit-Limit"] = $"{RequestsPerUser}";
            context.Response.Headers["X-RateLimit-Rule"] = "1f9b2b5b1b3f2010f0a7c9d0b24bcb01";
            context.Response.Headers.RetryAfter = "1800";
            await WriteAsync(context, 429, Failure("Rate limit exceeded", "Request count exceeded the limit of the rule"));
            return;
        }

        var table = context.GetRouteValue("table") as string;
        if (table is not null && !Tables.Exists(table))
        {
            await WriteAsync(context, 400, Failure($"Invalid table {table}", null));
            return;
        }

        if (table is not null && Access.DeniesTable(user, table))
        {
            await WriteAsync(context, 403, Failure("User Not Authorized", "Failed API level ACL Validation"));
            return;
        }

        // One at a time, as a database would have it.
        await turn.WaitAsync(context.RequestAborted);
        try
        {
            await serve(context, user);
        }
        finally
        {
            turn.Release();
        }
    }

    private bool IsTooMany(string user)
    {
        lock (gate) return RequestsPerUser is { } most && (counts[user] = counts.GetValueOrDefault(user) + 1) > most;
    }

    private Task List(HttpContext context, string user)
    {
        var table = (string)context.GetRouteValue("table")!; // of the route
        var query = context.Request.Query;
        var found = ServiceNowQuery.Run(Tables, table, $"{query["sysparm_query"]}");
        var limit = int.TryParse(query["sysparm_limit"], CultureInfo.InvariantCulture, out var given) ? given : 10_000;
        var offset = int.TryParse(query["sysparm_offset"], CultureInfo.InvariantCulture, out var from) ? from : 0;
        context.Response.Headers["X-Total-Count"] = $"{found.Count}";
        if (offset + limit < found.Count)
        {
            var next = $"{context.Request.Host}{context.Request.Path}?sysparm_offset={offset + limit}&sysparm_limit={limit}";
            context.Response.Headers.Link = $"<http://{next}>;rel=\"next\"";
        }

        // The page is cut before the records are looked at.
        var page = found.Skip(offset).Take(limit).Where(record => !Access.HidesRecord(user, record));
        var shown = new JsonArray([.. page.Select(record => Show(context, user, table, record))]);
        return WriteAsync(context, 200, new JsonObject { ["result"] = shown });
    }

    private Task Read(HttpContext context, string user) =>
        Find(context, user) is { } record ? ShowOne(context, user, record, 200) : NoRecord(context);

    private async Task CreateAsync(HttpContext context, string user)
    {
        var table = (string)context.GetRouteValue("table")!; // of the route
        if (await BodyAsync(context) is not { } body) return;
        if (Access.DeniesWrite(user, table, null))
        {
            await WriteAsync(context, 403, Failure("Operation Failed", "ACL Exception Insert Failed due to security constraints"));
            return;
        }

        await StoreAsync(context, user, table, Tables.Blank(table), body, 201);
    }

    private async Task ChangeAsync(HttpContext context, string user)
    {
        var table = (string)context.GetRouteValue("table")!; // of the route
        if (await BodyAsync(context) is not { } body) return;
        if (Find(context, user) is not { } record)
        {
            await NoRecord(context);
            return;
        }

        if (Access.DeniesWrite(user, table, null))
        {
            await WriteAsync(context, 403, Failure("Operation Failed", "ACL Exception Update Failed due to security constraints"));
            return;
        }

        await StoreAsync(context, user, table, record, body, 200);
    }

    private async Task StoreAsync(HttpContext context, string user, string table, Dictionary<string, string> record, JsonObject body, int status)
    {
        var allowed = body.Where(field => !Access.DeniesWrite(user, table, field.Key));
        var byDisplay = context.Request.Query["sysparm_input_display_value"] == "true";
        if (Tables.Write(table, record, allowed, user, byDisplay) is { } refusal)
        {
            await WriteAsync(context, 403, Failure("Operation Failed", refusal));
            return;
        }

        await ShowOne(context, user, record, status);
    }

    private Task Delete(HttpContext context, string user)
    {
        var table = (string)context.GetRouteValue("table")!; // of the route
        if (Find(context, user) is not { } record) return NoRecord(context);
        if (Access.DeniesWrite(user, table, null))
        {
            return WriteAsync(context, 403, Failure("Operation Failed", "ACL Exception Delete Failed due to security constraints"));
        }

        Tables.Of(table).Remove(record);
        return WriteAsync(context, 204, null);
    }

    private async Task AttachAsync(HttpContext context, string user)
    {
        var query = context.Request.Query;
        var (table, id, name) = ($"{query["table_name"]}", $"{query["table_sys_id"]}", $"{query["file_name"]}");
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        if (name.Length is 0 || !Tables.Exists(table))
        {
            await WriteAsync(context, 400, Failure("Invalid table_name or file_name", null));
            return;
        }

        if (Tables.Of(table).Find(record => record["sys_id"] == id) is null)
        {
            await NoRecord(context);
            return;
        }

        if (content.Length > LargestFile)
        {
            await WriteAsync(context, 413, Failure("Attachment too large", null));
            return;
        }

        var attachment = Tables.Attach(table, id, name, $"{context.Request.ContentType}", content.ToArray());
        context.Response.Headers.Location = $"http://{context.Request.Host}/api/now/attachment/{attachment["sys_id"]}";
        await WriteAsync(context, 201, new JsonObject
        {
            ["result"] = new JsonObject(attachment.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))),
        });
    }

    private Dictionary<string, string>? Find(HttpContext context, string user) =>
        Tables.Of((string)context.GetRouteValue("table")!) // of the route
            .Find(record => record["sys_id"] == context.GetRouteValue("id") as string && !Access.HidesRecord(user, record));

    private Task NoRecord(HttpContext context) =>
        WriteAsync(context, 404, Failure("No Record found", "Record doesn't exist or ACL restricts the record retrieval"));

    private Task ShowOne(HttpContext context, string user, Dictionary<string, string> record, int status)
    {
        var table = (string)context.GetRouteValue("table")!; // of the route
        return WriteAsync(context, status, new JsonObject { ["result"] = Show(context, user, table, record) });
    }

    private JsonObject Show(HttpContext context, string user, string table, Dictionary<string, string> record)
    {
        var query = context.Request.Query;
        var fields = $"{query["sysparm_fields"]}" is { Length: > 0 } asked ? asked.Split(',') : [.. Tables.Columns(table)];
        var shown = new JsonObject();
        foreach (var field in fields.Where(field => !Access.DeniesRead(user, table, field)))
        {
            if (Tables.Walk(table, record, field) is not var (value, display)) continue;
            shown[field] = $"{query["sysparm_display_value"]}" switch
            {
                "true" => display,
                "all" => new JsonObject { ["display_value"] = display, ["value"] = value },
                _ => value,
            };
        }

        return shown;
    }

    private async Task<JsonObject?> BodyAsync(HttpContext context)
    {
        try
        {
            if (await JsonNode.ParseAsync(context.Request.Body) is JsonObject body) return body;
        }
        catch (System.Text.Json.JsonException)
        {
            // Answered below.
        }

        await WriteAsync(context, 400, Failure("Exception while reading request", "The payload is not valid JSON."));
        return null;
    }
}
