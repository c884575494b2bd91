using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Asks every few seconds whether the session of an open page goes on; once it has ended, nobody is signed in there.</summary>
internal sealed class SessionWatch(ILoggerFactory loggers, PageSessions sessions) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(3);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.IsOpenAsync(authenticationState.User, cancellationToken);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            return true; // the database is away: whatever the page does next asks again
        }
    }
}
