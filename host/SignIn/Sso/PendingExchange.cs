namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>What a browser has begun and not finished, as its cookie remembers it.</summary>
internal sealed record PendingExchange
{
    /// <summary>What the identity provider sends back as RelayState or state.</summary>
    public required string Handle { get; init; }

    /// <summary>What the provider wants to know then.</summary>
    public string? Provider { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>What the login is for; <c>null</c>: it is a logout.</summary>
    public LoginRequest? Login { get; init; }

    /// <summary>What the logout is for; <c>null</c>: it is a login.</summary>
    public LogoutRequest? Logout { get; init; }
}

/// <summary>What a login is for.</summary>
internal sealed record LoginRequest
{
    public required LoginPurpose Purpose { get; init; }

    /// <summary>Whose login it is: the tenant that the service acts for; <c>null</c>: the platform itself.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>For a service: where its people go back to. For the page: the page that was asked for.</summary>
    public string? ReturnTo { get; init; }

    /// <summary>A service's own text, which comes back with the code.</summary>
    public string? State { get; init; }

    /// <summary>RFC 7636: what the verifier that redeems the code hashes to.</summary>
    public string? CodeChallenge { get; init; }

    public string? LoginHint { get; init; }

    public bool ForceAuthn { get; init; }
}

/// <summary>Who wants to know who somebody is.</summary>
internal enum LoginPurpose
{
    /// <summary>A service, which gets a one-time code.</summary>
    Service,

    /// <summary>The /integrations page, which gets a session.</summary>
    Page,

    /// <summary>An admin who tries the integration out and is shown what arrives.</summary>
    Trial,
}

/// <summary>Signing out at the identity provider.</summary>
internal sealed record LogoutRequest(Guid SessionId, string? ReturnTo);
