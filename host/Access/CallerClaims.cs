using System.Security.Claims;

namespace Vaka.Plugins.Host.Access;

/// <summary>Carries a credential's scope and role through ASP.NET Core's principal.</summary>
internal static class CallerClaims
{
    public const string Scheme = "Bearer";
    public const string Tenant = "tenant_id";
    public const string Role = "role";

    public static ClaimsPrincipal From(ApiKey key, string scheme, string kind) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, $"{kind}:{key.Id}"),
            new Claim(Role, key.Role.ToString()),
            .. key.TenantId is { } tenant ? [new Claim(Tenant, tenant.ToString())] : Array.Empty<Claim>(),
        ],
        scheme, ClaimTypes.Name, Role));

    /// <summary>The caller, acting for <paramref name="requestedTenant"/>.</summary>
    /// <exception cref="ProblemException">A tenant's credential asks to act for another tenant.</exception>
    public static Caller ToCaller(ClaimsPrincipal principal, Guid? requestedTenant)
    {
        var home = Guid.TryParse(principal.FindFirstValue(Tenant), out var tenant) ? tenant : (Guid?)null;
        if (home is not null && requestedTenant is not null && requestedTenant != home)
            throw new ProblemException(ProblemCode.Forbidden, "This key belongs to another tenant than X-Tenant-Id names. Leave the header out.");
        return new Caller
        {
            Name = principal.Identity?.Name ?? throw new InvalidOperationException("A principal without a name."),
            Role = principal.IsInRole(nameof(CallerRole.Admin)) ? CallerRole.Admin : CallerRole.Service,
            HomeTenantId = home,
            TenantId = home ?? requestedTenant,
        };
    }
}
