using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Host.Access;

/// <summary><c>Authorization: Bearer vaka_…</c>.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys,
    FailedAttempts failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken.From(Request) is not { } token) return AuthenticateResult.NoResult();
        var from = Context.Connection.RemoteIpAddress;
        if (await keys.FindAsync(token, from, Context.RequestAborted) is { } key) return key.ToAuthenticated();

        // The problem is answered by RefusalAnswer, and only where a key is needed at all.
        return failures.Add(from) is { } tooMany
            ? AuthenticateResult.Fail(tooMany)
            : AuthenticateResult.Fail("The API key is not known, revoked or expired.");
    }
}
