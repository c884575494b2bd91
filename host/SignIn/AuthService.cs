using System.Buffers.Text;
using System.Security.Cryptography;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.SignIn.Sso;
using Vaka.Plugins.Host.SignIn.Sso.Sessions;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Signs people in and out at their organisation's identity provider, for services and for the page. What a message of the identity
/// provider means, and whether it is to be believed, only the <c>sso</c> provider decides; this keeps apart tenants, integrations and
/// browsers, and lets each answer count once.</summary>
internal sealed partial class AuthService(
    ActionRunner runner, SsoSessions sessions, SignInRate rate, OneTimeTokens tokens, TimeProvider clock, ILogger<AuthService> log)
{
    /// <summary>Begins a login. Nothing is stored: what has to be known later is for the browser to keep.</summary>
    public async Task<BeginOutcome> BeginLoginAsync(SsoConnection connection, LoginRequest request, CancellationToken cancellationToken)
    {
        var handle = NewHandle();
        var outcome = await RunAsync(
            connection, SsoMessages.BeginLogin, new BeginLoginInput(connection.Addresses, handle, request.LoginHint, request.ForceAuthn),
            Kept.WhenItFails, request.TenantId, cancellationToken);
        if (outcome.Problem is not null) return new BeginOutcome(outcome.ExecutionId, null, outcome.Problem.Message);
        var begun = SsoMessages.Read<BeginLoginOutput>(outcome.Output.Span);
        var pending = new PendingExchange { Handle = handle, Provider = begun.Pending, BegunAt = clock.GetUtcNow(), Login = request };
        return new BeginOutcome(outcome.ExecutionId, new BegunExchange(begun.Request, pending), null);
    }

    /// <summary>Takes an answer of the identity provider.</summary>
    /// <param name="connection">Whose address it arrived at.</param>
    /// <param name="message">As it arrived.</param>
    /// <param name="pending">What this browser began under the handle that came back; <c>null</c>: nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LoginOutcome> CompleteLoginAsync(
        SsoConnection connection, ArrivedMessage message, PendingExchange? pending, CancellationToken cancellationToken)
    {
        var request = pending?.Login;
        var outcome = await RunAsync(
            connection, SsoMessages.CompleteLogin, new CompleteInput(connection.Addresses, message, request is null ? null : pending?.Provider),
            Kept.Always, request?.TenantId, cancellationToken);
        var login = outcome.Problem is null ? SsoMessages.Read<CompleteLoginOutput>(outcome.Output.Span) : null;

        // Only now, so that a login that is begun writes nothing. The provider sees to its own ids; this holds whatever the protocol.
        var isRepeated = login is not null && pending is not null && !await tokens.For(connection.Id)
            .TryAddAsync($"sso-handle:{pending.Handle}", "", PendingCookies.Lifetime + PendingCookies.Lifetime, cancellationToken);
        return new LoginOutcome
        {
            ExecutionId = outcome.ExecutionId,
            Steps = outcome.Steps,
            Request = request,
            Login = isRepeated ? null : login,
            Refusal = isRepeated ? "This answer was used before." : outcome.Problem?.Message,
        };
    }

    /// <summary>Remembers a login, so that either side can end it.</summary>
    public async Task<SignedIn> StartSessionAsync(
        SsoConnection connection, Guid? tenantId, CompleteLoginOutput login, CancellationToken cancellationToken)
    {
        var session = await sessions.StartAsync(connection, tenantId, login, cancellationToken);
        return new SignedIn(connection.Id, login.Issuer, login.Subject, login.Claims, login.Attributes, session.Id, login.Session);
    }

    /// <summary>Begins to sign somebody out at the identity provider.</summary>
    /// <returns><c>null</c>: it offers no such thing, or cannot be asked.</returns>
    public async Task<BegunExchange?> BeginLogoutAsync(
        SsoConnection connection, SsoSession session, string? returnTo, CancellationToken cancellationToken)
    {
        string state;
        try
        {
            state = sessions.RevealLogoutState(session);
        }
        catch (CryptographicException)
        {
            return null;
        }

        var handle = NewHandle();
        var outcome = await RunAsync(
            connection, SsoMessages.BeginLogout, new BeginLogoutInput(connection.Addresses, handle, state), Kept.WhenItFails, session.TenantId,
            cancellationToken);
        if (outcome.Problem is not null) return null;
        var begun = SsoMessages.Read<BeginLogoutOutput>(outcome.Output.Span);
        return begun.Request is null
            ? null
            : new BegunExchange(begun.Request, new PendingExchange
            {
                Handle = handle, Provider = begun.Pending, BegunAt = clock.GetUtcNow(), Logout = new LogoutRequest(session.Id, returnTo),
            });
    }

    /// <summary>Takes a logout message of the identity provider, and ends the sessions that it orders to end before its answer is sent.</summary>
    public async Task<LogoutOutcome> CompleteLogoutAsync(
        SsoConnection connection, ArrivedMessage message, PendingExchange? pending, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(
            connection, SsoMessages.CompleteLogout,
            new CompleteInput(connection.Addresses, message, pending?.Logout is null ? null : pending.Provider), Kept.Always, null, cancellationToken);
        if (outcome.Problem is not null) return new LogoutOutcome(outcome.ExecutionId, true, null, null);
        var done = SsoMessages.Read<CompleteLogoutOutput>(outcome.Output.Span);
        if (done.Ended is { } ended)
        {
            var count = await sessions.EndAsync(connection, ended, cancellationToken);
            LogEnded(connection.Id, count);
        }

        return new LogoutOutcome(outcome.ExecutionId, false, done.Reply, done.Ended is null ? pending?.Logout : null);
    }

    /// <summary>The metadata of this side; <c>null</c>: there is none, as with OpenID Connect.</summary>
    public async Task<GetMetadataOutput?> GetMetadataAsync(SsoConnection connection, CancellationToken cancellationToken)
    {
        var outcome = await RunAsync(
            connection, SsoMessages.GetMetadata, new GetMetadataInput(connection.Addresses), Kept.Never, null, cancellationToken);
        return outcome.Problem is null ? SsoMessages.Read<GetMetadataOutput>(outcome.Output.Span) : null;
    }

    private Task<InternalOutcome> RunAsync<TInput>(
        SsoConnection connection, string action, TInput input, Kept kept, Guid? tenantId, CancellationToken cancellationToken)
    {
        // A tenant's row serves that tenant; the platform's serves whoever began the login.
        var tenant = connection.Integration.TenantId ?? tenantId;
        return runner.RunInternalAsync(
            new InternalCall
            {
                Integration = connection.Integration,
                Action = action,
                Input = SsoMessages.Write(input),
                Caller = new Caller { Name = "sign-in", Role = CallerRole.Service, HomeTenantId = tenant, TenantId = tenant },
                IsRecorded = problem => problem is null ? kept is Kept.Always : kept is not Kept.Never && rate.IsKept(connection.Id),
            },
            cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The identity provider of integration {IntegrationId} ended {Count} sessions")]
    private partial void LogEnded(Guid integrationId, int count);

    private static string NewHandle() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private enum Kept
    {
        Never,
        WhenItFails,
        Always,
    }
}

/// <summary>What to send the browser to the identity provider with, and what it has to remember meanwhile.</summary>
internal sealed record BegunExchange(BrowserRequest Request, PendingExchange Pending);

/// <summary>What came of beginning a login.</summary>
/// <param name="ExecutionId">Under which a failure is kept.</param>
/// <param name="Begun">How to go on; <c>null</c>: it could not be begun.</param>
/// <param name="Refusal">Why not, for admins only.</param>
internal sealed record BeginOutcome(Guid ExecutionId, BegunExchange? Begun, string? Refusal);

/// <summary>What came of an answer to a login.</summary>
internal sealed record LoginOutcome
{
    /// <summary>Under which the checks are kept.</summary>
    public required Guid ExecutionId { get; init; }

    public required IReadOnlyList<ProbeStep> Steps { get; init; }

    /// <summary>What this browser began; <c>null</c>: nothing, the identity provider did.</summary>
    public LoginRequest? Request { get; init; }

    /// <summary>Who it is; <c>null</c>: refused.</summary>
    public CompleteLoginOutput? Login { get; init; }

    /// <summary>Why not, for admins only.</summary>
    public string? Refusal { get; init; }
}

/// <summary>What came of a logout message.</summary>
/// <param name="ExecutionId">Under which the checks are kept.</param>
/// <param name="IsRefused">It was not believed.</param>
/// <param name="Reply">What the browser takes back to the identity provider.</param>
/// <param name="Request">The logout that began here and has ended.</param>
internal sealed record LogoutOutcome(Guid ExecutionId, bool IsRefused, BrowserRequest? Reply, LogoutRequest? Request);
