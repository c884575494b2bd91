using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Who looks at the page and for which tenant, which stands in the address so that links and the back button keep it.</summary>
internal sealed class AdminSession(
    AuthenticationStateProvider authentication, PageSessions sessions, NavigationManager navigation, Faults faults)
{
    private int running;

    /// <summary>Something is being waited for, or no longer is.</summary>
    public event Action? BusyChanged;

    public bool IsBusy => running > 0;

    /// <summary>The tenant as the address has it: nothing, a UUID, or <c>all</c>.</summary>
    public string? TenantText =>
        QueryHelpers.ParseQuery(navigation.ToAbsoluteUri(navigation.Uri).Query).TryGetValue("tenant", out var text) ? text.ToString() : null;

    /// <summary>Whether every tenant's rows are looked at, which is for the list alone.</summary>
    public bool IsAllTenants => TenantText == "all";

    /// <summary>The caller that everything is done as. Asked anew each time: a session that was ended does nothing more.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.Unauthenticated"/>; <see cref="ProblemCode.Forbidden"/>: another tenant than
    /// one's own; <see cref="ProblemCode.InvalidRequest"/>: the address names no tenant.</exception>
    public async Task<Caller> CallerAsync()
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (!user.IsInRole(nameof(CallerRole.Admin)) || !await sessions.IsOpenAsync(user, CancellationToken.None))
            throw new ProblemException(ProblemCode.Unauthenticated, "Your session has ended. Sign in again.");
        return ToCaller(user, TenantText);
    }

    /// <summary>Whoever is signed in, for the tenant that the address names.</summary>
    public static Caller ToCaller(ClaimsPrincipal user, string? tenantText) => CallerClaims.ToCaller(user, tenantText switch
    {
        null or "" or "all" => null,
        { } text when Guid.TryParse(text, out var tenant) => tenant,
        _ => throw new ProblemException(ProblemCode.InvalidRequest, "The tenant in the address is not a UUID. Choose a tenant above."),
    });

    /// <summary>Does something as the caller.</summary>
    /// <param name="work">What.</param>
    /// <param name="isQuiet">Nobody waits for it: no progress is shown.</param>
    /// <returns>What went wrong, fit to be shown; <c>null</c>: nothing.</returns>
    public async Task<ProblemException?> TryAsync(Func<Caller, Task> work, bool isQuiet = false)
    {
        Count(isQuiet ? 0 : 1);
        try
        {
            await work(await CallerAsync());
            return null;
        }
        catch (ProblemException problem) when (problem.Code is ProblemCode.Unauthenticated)
        {
            GoToSignIn();
            return problem;
        }
        catch (OperationCanceledException)
        {
            return null; // whoever waited has left
        }
        catch (Exception fault) when (fault is not NavigationException) // what a circuit runs ends here, as a request does in the API
        {
            return faults.ToProblem(fault);
        }
        finally
        {
            Count(isQuiet ? 0 : -1);
        }
    }

    public void GoToSignIn() => navigation.NavigateTo("/sign-in", forceLoad: true);

    /// <summary>An address of the page that keeps the tenant.</summary>
    public string Link(string path, string? tenant = null)
    {
        tenant ??= IsAllTenants ? null : TenantText;
        return string.IsNullOrEmpty(tenant) ? path : QueryHelpers.AddQueryString(path, "tenant", tenant);
    }

    private void Count(int change)
    {
        if (change == 0) return;
        running += change;
        BusyChanged?.Invoke();
    }
}
