using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Api;

/// <summary>Marks endpoints that show configuration.</summary>
internal static class RevealingEndpoints
{
    /// <summary>Has the audit told whom this has shown it, once it has.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="action">Such as <c>integration.read</c>.</param>
    /// <param name="subject">What is shown where the route has no id.</param>
    public static RouteHandlerBuilder Reveals(this RouteHandlerBuilder endpoint, string action, string subject = "integrations") =>
        endpoint.AddEndpointFilter(async (invocation, next) =>
        {
            var answer = await next(invocation);
            var context = invocation.HttpContext;
            context.RequestServices.GetRequiredService<RevealedReads>()
                .Note(Caller.From(context), action, Guid.TryParse(context.Request.RouteValues["id"]?.ToString(), out var id) ? id.ToString() : subject);
            return answer;
        });
}
