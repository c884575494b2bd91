using Vaka.Plugins.Host.SignIn;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.Admin.SingleSignOn;

/// <summary><c>…/slo</c> and <c>…/backchannel</c>: where logout messages of identity providers arrive.</summary>
internal static class LogoutEnd
{
    public static async Task<IResult> RunAsync(
        HttpContext context, string tenant, string integration, SsoConnections connections, AuthService auth, PendingCookies cookies,
        CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, integration, cancellationToken) is not { } connection) return SsoPages.NotFound();
        var (message, status) = await SsoArrival.ReadAsync(context, SsoArrival.Limit);
        if (message is null) return SsoPages.Message("Not signed out", "This is not a message of an identity provider.", status);
        var pending = cookies.Find(context, connection, message.Handle);

        // Only an answer needs to know what it answers; an order of the identity provider comes with a RelayState of its own.
        if (pending is null && !message.Fields.ContainsKey("SAMLRequest") && Repost.IsDue(context, message, cookies)) return Repost.Answer(context, message);
        if (pending is not null) cookies.Remove(context, connection, pending);
        var outcome = await auth.CompleteLogoutAsync(connection, message, pending, cancellationToken);
        if (outcome.IsRefused)
        {
            return SsoPages.Message("Not signed out", "The logout could not be completed. You may still be signed in at your identity provider.",
                StatusCodes.Status403Forbidden, outcome.ExecutionId.ToString());
        }

        return outcome.Reply is { } reply ? SsoPages.Send(reply) : Done(connection, outcome.Request);
    }

    /// <summary>OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8: the identity provider itself calls.</summary>
    public static async Task<IResult> RunBackchannelAsync(
        HttpContext context, string tenant, string integration, SsoConnections connections, AuthService auth, CancellationToken cancellationToken)
    {
        if (await connections.FindAsync(tenant, integration, cancellationToken) is not { } connection) return SsoPages.NotFound();
        var (message, status) = await SsoArrival.ReadAsync(context, SsoArrival.Limit);
        if (message is null) return TypedResults.Json(new { error = "invalid_request" }, statusCode: status);
        var outcome = await auth.CompleteLogoutAsync(connection, message, null, cancellationToken);
        return outcome.IsRefused
            ? TypedResults.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok();
    }

    /// <summary>Signed out: back to whoever asked for it.</summary>
    public static IResult Done(SsoConnection connection, LogoutRequest? request) =>
        request?.ReturnTo is { } address && ReturnAddress.Find(address, connection.ReturnUrls) is { } returnTo
            ? new SeeOther(returnTo.AbsoluteUri)
            : SsoPages.Message("Signed out", "You are signed out.");
}
