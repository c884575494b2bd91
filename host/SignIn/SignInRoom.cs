using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn.Sso;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Who signs in to the page.</summary>
internal static class SignInRoom
{
    /// <summary>The page's session; the API takes bearer keys only, so that a foreign site cannot ride on a cookie.</summary>
    public const string Session = "session";

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<FirstStart>();
        services.AddSingleton<PageSessions>();
        services.AddSingleton<ConsentFlow>();
        services.AddSso();
        services.AddAntiforgery(options => options.Cookie.Name = "vaka_antiforgery");
        services.AddAuthentication().AddCookie(Session, options =>
        {
            options.Cookie.Name = "vaka_session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.ExpireTimeSpan = PageSessions.Longest; // the session itself ends earlier
            options.SlidingExpiration = false;
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/sign-in";
            options.Events.OnValidatePrincipal = RefuseEndedAsync;
        });

        // Behind a proxy that speaks TLS the request looks plain; the public address tells.
        services.AddOptions<CookieAuthenticationOptions>(Session).Configure<PublicAddress>((options, address) =>
            options.Cookie.SecurePolicy = address.CookiePolicy);
        services.AddOptions<AntiforgeryOptions>().Configure<PublicAddress>((options, address) =>
            options.Cookie.SecurePolicy = address.CookiePolicy);
        return services;
    }

    private static async Task RefuseEndedAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<PageSessions>();
        if (!await sessions.IsOpenAsync(context.Principal, context.HttpContext.RequestAborted)) context.RejectPrincipal();
    }
}
