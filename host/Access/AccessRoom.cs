using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Data.Retention;

namespace Vaka.Plugins.Host.Access;

/// <summary>Who may do what.</summary>
internal static class AccessRoom
{
    /// <summary>Configures; a service key gets 403.</summary>
    public const string Admin = "admin";

    /// <summary>Sees what concerns all tenants; a tenant's key gets 403.</summary>
    public const string Platform = "platform";

    /// <summary>Configures for the whole platform; a tenant's admin gets 403.</summary>
    public const string PlatformAdmin = "platform-admin";

    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>()
            .Bind(configuration.GetSection(AccessOptions.Section))
            .Validate(options => options.FailedAttemptsPerMinute > 0, "Access:FailedAttemptsPerMinute must be 1 or more.")
            .Validate(options => options.SignInRequestsPerMinute > 0, "Access:SignInRequestsPerMinute must be 1 or more.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<DeniedAttempts>();
        services.AddHostedService(provider => provider.GetRequiredService<DeniedAttempts>());
        services.AddSingleton<RevealedReads>();
        services.AddHostedService(provider => provider.GetRequiredService<RevealedReads>());
        services.AddSingleton<IAuthorizationHandler, RefusalAnswer>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AgingRecords, OldAuditEvents>();
        services.AddSingleton(provider => new AuditSealing(
            provider.GetRequiredService<IDbContextFactory<HostDbContext>>(), provider.GetRequiredService<IAuditKey>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AuditExport>();
        services.AddLateService<SealingRounds>();
        var authentication = services.AddAuthentication(CallerClaims.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(CallerClaims.Scheme, null);
        var jwt = configuration.GetSection(JwtOptions.Section).Get<JwtOptions>() ?? new JwtOptions();
        services.AddSingleton(jwt);
        if (jwt.IsConfigured()) authentication.AddJwt(jwt);
        services.AddAuthorizationBuilder()
            .AddPolicy(Admin, policy => policy.RequireAuthenticatedUser().RequireRole(nameof(CallerRole.Admin)))
            .AddPolicy(Platform, policy => policy.RequireAuthenticatedUser().RequireAssertion(IsOfPlatform))
            .AddPolicy(PlatformAdmin, policy => policy.RequireAuthenticatedUser().RequireRole(nameof(CallerRole.Admin))
                .RequireAssertion(IsOfPlatform))

            // An endpoint that says nothing is closed.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    private static bool IsOfPlatform(AuthorizationHandlerContext context) => !context.User.HasClaim(claim => claim.Type == CallerClaims.Tenant);
}
