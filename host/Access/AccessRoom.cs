using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace Vaka.Plugins.Host.Access;

/// <summary>Who may do what.</summary>
internal static class AccessRoom
{
    /// <summary>Configures; a service key gets 403.</summary>
    public const string Admin = "admin";

    /// <summary>Configures for the whole platform; a tenant's admin gets 403.</summary>
    public const string PlatformAdmin = "platform-admin";

    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<AuditTrail>();
        services.AddAuthentication(CallerClaims.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(CallerClaims.Scheme, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Admin, policy => policy.RequireAuthenticatedUser().RequireRole(nameof(CallerRole.Admin)))
            .AddPolicy(PlatformAdmin, policy => policy.RequireAuthenticatedUser().RequireRole(nameof(CallerRole.Admin))
                .RequireAssertion(context => !context.User.HasClaim(claim => claim.Type == CallerClaims.Tenant)))

            // An endpoint that says nothing is closed.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }
}
