using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Vaka.Plugins.Host.Access;

/// <summary>Refuses before anything of the request is read, and with the words of the refusal: a caller that has failed too often, and a
/// tenant's credential that names another tenant, whether or not the endpoint asks who is calling.</summary>
internal sealed class RefusalAnswer : IAuthorizationHandler
{
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        if (context.Resource is not HttpContext http) return;
        if (context.User.Identity?.IsAuthenticated == true) Caller.From(http);
        else if ((await http.AuthenticateAsync()).Failure is ProblemException refusal) throw refusal; // as found before: nothing is counted twice
    }
}
