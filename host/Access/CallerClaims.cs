using System.Security.Claims;

namespace Vaka.Plugins.Host.Access;

/// <summary>Carries a credential's scope and role through ASP.NET Core's principal.</summary>
internal static class CallerClaims
{
    public const string Scheme = "Bearer";
    public const string Tenant = "tenant_id";
    public const string Role = "role";

    private const string Subject = "sub";
    private const string Scope = "scope";
    private const string Platform = "platform";

    public static ClaimsPrincipal From(ApiKey key, string scheme, string kind) => From($"{kind}:{key.Id}", key.Role, key.TenantId, scheme);

    /// <summary>An admin who signed in at the identity provider.</summary>
    public static ClaimsPrincipal FromSignIn(string subject, Guid? tenantId, string scheme) =>
        From($"sso:{string.Concat(subject.Take(200).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}", CallerRole.Admin, tenantId, scheme);

    /// <summary>What an issuer's token says: <c>sub</c>, <c>role</c>, and either <c>tenant_id</c> or a <c>scope</c> that holds
    /// <c>platform</c>. Nothing is guessed: <c>null</c> when one is missing, doubled, contradicted or not understood.</summary>
    public static ClaimsPrincipal? FromToken(IEnumerable<Claim> claims, string scheme)
    {
        var values = claims.ToLookup(claim => claim.Type, claim => claim.Value);
        if (values[Subject].ToList() is not [{ Length: > 0 and <= 200 } subject] || subject.Any(char.IsControl)) return null;
        CallerRole? role = values[Role].ToList() switch
        {
            ["admin"] => CallerRole.Admin,
            ["service"] => CallerRole.Service,
            _ => null,
        };
        var isPlatform = values[Scope].SelectMany(scope => scope.Split(' ')).Contains(Platform);
        return (role, values[Tenant].ToList(), isPlatform) switch
        {
            ({ } known, [], true) => From($"jwt:{subject}", known, null, scheme),
            ({ } known, [var text], false) when Guid.TryParse(text, out var tenant) => From($"jwt:{subject}", known, tenant, scheme),
            _ => null,
        };
    }

    /// <summary>The caller, acting for <paramref name="requestedTenant"/>.</summary>
    /// <exception cref="ProblemException">A tenant's credential asks to act for another tenant.</exception>
    public static Caller ToCaller(ClaimsPrincipal principal, Guid? requestedTenant)
    {
        var caller = (principal as CallerPrincipal)?.Caller ?? Read(principal);
        if (requestedTenant is null || requestedTenant == caller.HomeTenantId) return caller;
        return caller.IsPlatform
            ? caller with { TenantId = requestedTenant }
            : throw new ProblemException(
                ProblemCode.Forbidden, "This key belongs to another tenant than X-Tenant-Id names. Leave the header out.");
    }

    /// <summary>The tenant that the credential is bound to; <c>null</c>: platform scope.</summary>
    public static Guid? HomeTenant(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(Tenant), out var tenant) ? tenant : null;

    // What a cookie brings back has the claims alone.
    private static Caller Read(ClaimsPrincipal principal)
    {
        var home = HomeTenant(principal);
        return new Caller
        {
            Name = principal.Identity?.Name ?? throw new InvalidOperationException("A principal without a name."),
            Role = principal.IsInRole(nameof(CallerRole.Admin)) ? CallerRole.Admin : CallerRole.Service,
            HomeTenantId = home,
            TenantId = home,
        };
    }

    private static CallerPrincipal From(string name, CallerRole role, Guid? tenantId, string scheme) => new(
        new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, name),
                new Claim(Role, role.ToString()),
                .. tenantId is { } tenant ? [new Claim(Tenant, tenant.ToString())] : Array.Empty<Claim>(),
            ],
            scheme, ClaimTypes.Name, Role),
        new Caller { Name = name, Role = role, HomeTenantId = tenantId, TenantId = tenantId });

    /// <summary>Remembers the caller that its claims spell out.</summary>
    private sealed class CallerPrincipal(ClaimsIdentity identity, Caller caller) : ClaimsPrincipal(identity)
    {
        public Caller Caller => caller;
    }
}
