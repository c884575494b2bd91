using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Who signs in to the page.</summary>
internal static class SignInRoom
{
    /// <summary>The page's session; the API takes bearer keys only, so that a foreign site cannot ride on a cookie.</summary>
    public const string Session = "session";

    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(8);

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<FirstStart>();
        services.AddAntiforgery(options => options.Cookie.Name = "vaka_antiforgery");
        services.AddAuthentication().AddCookie(Session, options =>
        {
            options.Cookie.Name = "vaka_session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.ExpireTimeSpan = SessionLength;
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/sign-in";
            options.Events.OnValidatePrincipal = EndWithItsKeyAsync;
        });

        // Behind a proxy that speaks TLS the request looks plain; the public address tells.
        services.AddOptions<CookieAuthenticationOptions>(Session).Configure<PublicAddress>((options, address) =>
            options.Cookie.SecurePolicy = address.CookiePolicy);
        services.AddOptions<AntiforgeryOptions>().Configure<PublicAddress>((options, address) =>
            options.Cookie.SecurePolicy = address.CookiePolicy);
        return services;
    }

    /// <summary>A session lives no longer than the key that it was opened with.</summary>
    private static async Task EndWithItsKeyAsync(CookieValidatePrincipalContext context)
    {
        var keys = context.HttpContext.RequestServices.GetRequiredService<ApiKeys>();
        var name = context.Principal?.Identity?.Name ?? "";
        if (!Guid.TryParse(name.AsSpan(name.IndexOf(':') + 1), out var id) || await keys.FindAsync(id, context.HttpContext.RequestAborted) is null)
            context.RejectPrincipal();
    }
}
