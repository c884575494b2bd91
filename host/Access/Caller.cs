namespace Vaka.Plugins.Host.Access;

/// <summary>Who is calling and for whom.</summary>
internal sealed record Caller
{
    /// <summary>For the log and the audit: <c>key:…</c>, <c>jwt:…</c>, <c>session:…</c>, <c>sso:…</c>, <c>command line</c>.</summary>
    public required string Name { get; init; }

    public required CallerRole Role { get; init; }

    /// <summary>The tenant that the credential is bound to; <c>null</c>: platform scope.</summary>
    public Guid? HomeTenantId { get; init; }

    /// <summary>The tenant whose rows are acted on; <c>null</c>: the platform-wide rows.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>May act for any tenant.</summary>
    public bool IsPlatform => HomeTenantId is null;

    /// <summary>Lets an endpoint take its caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult<Caller?>(From(context));

    /// <exception cref="ProblemException">The request names no tenant's id as its tenant, or one that this caller may not act for.</exception>
    public static Caller From(HttpContext context)
    {
        Guid? tenant = context.Request.Headers["X-Tenant-Id"] switch
        {
            { Count: 0 } => null,
            [{ } text] when Guid.TryParse(text, out var id) => id,
            _ => throw new ProblemException(ProblemCode.InvalidRequest, "X-Tenant-Id takes one UUID."),
        };
        return CallerClaims.ToCaller(context.User, tenant);
    }

    /// <summary>The host's own command line and start-up.</summary>
    public static Caller CommandLine { get; } = new() { Name = "command line", Role = CallerRole.Admin };

    /// <summary>The host acting by itself, such as on what a call met.</summary>
    public static Caller Host { get; } = new() { Name = "host", Role = CallerRole.Admin };
}

/// <summary>What a caller may do.</summary>
internal enum CallerRole
{
    /// <summary>Invokes actions; reads the catalog, the effective resolution and its executions.</summary>
    Service,

    /// <summary>Configures, and everything that a service may.</summary>
    Admin,
}
