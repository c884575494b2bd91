using Vaka.Plugins.Host.Data.Retention;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.SignIn.Sso.Domains;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>Single sign-on.</summary>
internal static class SsoRoom
{
    public static void AddSso(this IServiceCollection services)
    {
        services.AddSingleton<SsoConnections>();
        services.AddSingleton<SsoSeal>();
        services.AddSingleton<SsoSessions>();
        services.AddSingleton<SsoCodes>();
        services.AddSingleton<SignInRate>();
        services.AddSingleton<PendingCookies>();
        services.AddSingleton<PageSignIn>();
        services.AddSingleton<ServiceLogins>();
        services.AddSingleton<SsoDomains>();
        services.AddSingleton<DomainFile>();
        services.AddLateService<ForgottenDomains>();
        services.AddSingleton<AuthService>();
        services.AddSingleton<AgingRecords, OldSsoSessions>();
        services.AddSingleton<ICiphertextTable, SsoSessionTable>();
    }
}
