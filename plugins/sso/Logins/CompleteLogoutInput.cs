using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>A logout message of the identity provider.</summary>
public sealed record CompleteLogoutInput
{
    /// <summary>This integration's addresses.</summary>
    [Display(Description = "This integration's addresses.")]
    public required SsoAddresses Addresses { get; init; }

    /// <summary>What arrived.</summary>
    [Display(Description = "What arrived.")]
    public required ArrivedMessage Message { get; init; }

    /// <summary><see cref="BeginLogoutOutput.Pending"/> of the logout that this browser began under the handle that came back; default: it
    /// began none.</summary>
    [Display(Description = "What begin_logout wanted to be remembered.")]
    [Sensitive]
    public string? Pending { get; init; }
}

/// <summary>What the message means.</summary>
public sealed record CompleteLogoutOutput
{
    /// <summary>Whose sessions to end; <c>null</c>: it was the answer to a logout that began here.</summary>
    [Display(Description = "Whose sessions to end.")]
    public EndedSessions? Ended { get; init; }

    /// <summary>The answer that the browser takes back, to be sent after the sessions have ended; <c>null</c>: none is due.</summary>
    [Display(Description = "The answer that the browser takes back.")]
    public BrowserRequest? Reply { get; init; }

    /// <summary>The identity provider has ended everything on its side too. <c>false</c>: others may still be signed in there.</summary>
    [Display(Description = "Whether the identity provider ended everything on its side.")]
    public bool IsComplete { get; init; } = true;
}

/// <summary>Sessions that an identity provider ends.</summary>
public sealed record EndedSessions
{
    /// <summary>The identity provider.</summary>
    [Display(Description = "Entity id or issuer of the identity provider.")]
    public required string Issuer { get; init; }

    /// <summary>Whose; <c>null</c>: only <see cref="Indexes"/> say.</summary>
    [Display(Description = "Whose sessions.")]
    [Sensitive]
    public string? Subject { get; init; }

    /// <summary>Which; default: all of the subject's.</summary>
    [Display(Description = "Which sessions; none: all of the subject.")]
    public IReadOnlyList<string> Indexes { get; init; } = [];
}
