using System.Globalization;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary>The addresses that browsers and identity providers use. Each names a tenant and an integration, and everything comes from that one
/// row.</summary>
internal static class SsoEndpoints
{
    public static void MapSingleSignOn(this IEndpointRouteBuilder app)
    {
        var sso = app.MapGroup("/sso/{tenant}/{integration}").AllowAnonymous().ExcludeFromDescription().DisableAntiforgery().AddEndpointFilter(HoldBackAsync);
        sso.MapGet("/login", LoginStart.RunAsync);
        sso.MapPost("/acs", (HttpContext context, string tenant, string integration, LoginEnd end, CancellationToken cancellationToken) =>
            end.RunAsync(context, tenant, integration, SsoArrival.ResponseLimit, cancellationToken));
        sso.MapGet("/acs", () => SsoPages.Message(
            "Nothing to see here", "Responses are posted to this address.", StatusCodes.Status405MethodNotAllowed));
        sso.MapMethods("/callback", ["GET", "POST"], (HttpContext context, string tenant, string integration, LoginEnd end, CancellationToken cancellationToken) =>
            end.RunAsync(context, tenant, integration, SsoArrival.Limit, cancellationToken));
        sso.MapGet("/metadata", MetadataAsync);
        sso.MapMethods("/slo", ["GET", "POST"], LogoutEnd.RunAsync);
        sso.MapPost("/backchannel", LogoutEnd.RunBackchannelAsync);
        sso.MapGet("/logout", LogoutStart.RunAsync);
    }

    private static async Task<IResult> MetadataAsync(
        string tenant, string integration, SsoConnections connections, SignIn.AuthService auth, CancellationToken cancellationToken) =>
        await connections.FindAsync(tenant, integration, cancellationToken) is { } connection
        && await auth.GetMetadataAsync(connection, cancellationToken) is { } metadata
            ? TypedResults.Text(metadata.Document, metadata.ContentType)
            : SsoPages.NotFound();

    private static async ValueTask<object?> HoldBackAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        if (context.RequestServices.GetRequiredService<SignInRate>().Add(context.Connection.RemoteIpAddress) is not { } wait) return await next(call);
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(Math.Max(1, wait.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        return SsoPages.Message("Too many requests", "Too many requests came from this address. Wait a minute and try again.", StatusCodes.Status429TooManyRequests);
    }
}
