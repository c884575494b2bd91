namespace Vaka.Plugins.Host;

/// <summary>Headers that every answer carries. The reference page brings scripts and styles of its own and gets a policy for that; nothing
/// may be loaded from another host.</summary>
internal static class SecurityHeaders
{
    private const string Strict = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // The components set style attributes; no script and no style element comes from the page itself.
    private const string Page =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    // Forms go to identity providers, and browsers hold each address that those redirect to against form-action as well.
    private const string SignIn =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

    private const string Reference =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // At the last moment: an error clears what was set before it.
        context.Response.OnStarting(static state => Set((HttpContext)state), context);
        return next(context);
    });

    private static Task Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = Policy(context.Request.Path);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static string Policy(PathString path) =>
        path.StartsWithSegments("/integrations") || path.StartsWithSegments("/sign-in") ? Page
        : path.StartsWithSegments("/sso") ? SignIn
        : path.StartsWithSegments("/docs") ? Reference
        : Strict;
}
