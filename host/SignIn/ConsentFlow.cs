using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Runtime;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>A person's consent at a vendor, by the authorization code of OAuth 2 (RFC 6749, section 4.1) with PKCE (RFC 7636). Whoever began
/// it has to be the one who comes back, so that nobody's consent ends up in somebody else's integration; any node may finish it.</summary>
internal sealed partial class ConsentFlow(
    IntegrationStore store, ConfigReader reader, ContextFactory contexts, OneTimeTokens tokens, PublicAddress address, ILogger<ConsentFlow> log)
{
    private const int RandomBytes = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ExchangeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Where the vendor sends people back to; registered with the vendor.</summary>
    public Uri RedirectUrl { get; } = new(address.Base, "integrations/connect/callback");

    /// <summary>Whether an integration gets its tokens by a person's consent, and has them; <c>null</c>: it needs none as it is saved, or its
    /// config cannot be used yet.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public async Task<bool?> IsGivenAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        if (Find(await store.GetAsync(id, caller, cancellationToken)) is not ({ } integration, { } settings)) return null;
        await using var lease = Lease(integration);
        return await OAuth2Tokens.IsGrantedAsync(settings, lease.Context, cancellationToken);
    }

    /// <summary>Where to send the caller's browser.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>; <see cref="ProblemCode.InvalidRequest"/>: nobody's consent is
    /// needed.</exception>
    public async Task<Uri> BeginAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(id, caller, cancellationToken);
        if (Find(row) is not (_, { AuthorizationUrl: { } authorization } settings))
            throw new ProblemException(ProblemCode.InvalidRequest, "This integration needs nobody's consent as it is saved.");
        var (nonce, verifier) = (Random(), Random());
        var pending = new Pending(caller.Name, caller.TenantId, verifier);
        await tokens.For(id).TryAddAsync(Key(nonce), JsonSerializer.Serialize(pending), Patience, cancellationToken);
        var parameters = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = RedirectUrl.AbsoluteUri,
            ["state"] = $"{id:N}{nonce}",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (settings.Scope is { } scope) parameters["scope"] = scope;
        foreach (var (name, value) in settings.AuthorizationParameters) parameters[name] = value;
        return new Uri(QueryHelpers.AddQueryString(authorization.AbsoluteUri, parameters));
    }

    /// <summary>Takes what the vendor sent the browser back with.</summary>
    /// <returns>The integration, which can be used now.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: unknown, used or expired, or consent was not given;
    /// <see cref="ProblemCode.Forbidden"/>: somebody else began it; <see cref="ProblemCode.ProviderFailed"/>: the vendor did not take the
    /// code.</exception>
    public async Task<Integration> CompleteAsync(ConsentAnswer answer, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (id, pending) = await TakeAsync(answer.State, cancellationToken);
        var caller = CallerClaims.ToCaller(user, pending.TenantId);
        if (caller.Name != pending.Actor)
            throw new ProblemException(ProblemCode.Forbidden, "Somebody else began to connect this. Press Connect yourself.");
        var row = await store.GetAsync(id, caller, cancellationToken);
        if (Find(row) is not ({ } integration, { } settings))
            throw new ProblemException(ProblemCode.InvalidRequest, "The integration was changed meanwhile and needs nobody's consent any more.");
        if (answer.Code is not { Length: > 0 and <= 4096 } code)
        {
            LogNotGiven(id, Word(answer.Error));
            throw new ProblemException(ProblemCode.InvalidRequest, $"Consent was not given ({Word(answer.Error)}). Press Connect to try again.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ExchangeLimit);
        await using var lease = Lease(integration);
        try
        {
            await OAuth2Tokens.RedeemAsync(settings, code, pending.Verifier, RedirectUrl, lease.Context, limit.Token);
        }
        catch (IntegrationException failure)
        {
            throw new ProblemException(ProblemCode.ProviderFailed, failure.Message, failure) { FailureKind = failure.Kind };
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(ProblemCode.ProviderFailed, $"{settings.TokenUrl.Host} did not answer in time. Press Connect again.", late)
            {
                FailureKind = FailureKind.Unavailable,
            };
        }

        return await store.NoteConsentAsync(id, caller, CancellationToken.None);
    }

    private async Task<(Guid Id, Pending Pending)> TakeAsync(string? state, CancellationToken cancellationToken)
    {
        if (state is { Length: 32 + 43 } && Guid.TryParseExact(state.AsSpan(0, 32), "N", out var id)
            && await tokens.For(id).TakeAsync(Key(state[32..]), cancellationToken) is { } kept
            && JsonSerializer.Deserialize<Pending>(kept) is { } pending)
        {
            return (id, pending);
        }

        throw new ProblemException(ProblemCode.InvalidRequest, "This way back works once and for 15 minutes. Press Connect again.");
    }

    private (BoundIntegration Integration, OAuth2Settings Settings)? Find(Integration row) =>
        reader.Read(row).Integration is { } integration
        && integration.Plugin.Provider.GetConsent(integration.Config) is { Grant: OAuth2Grant.AuthorizationCode } settings
            ? (integration, settings)
            : null;

    private ContextLease Lease(BoundIntegration integration) =>
        contexts.Create(integration, new ContextRequest { CallerTenantId = integration.TenantId, DeduplicationKey = Guid.CreateVersion7().ToString("N") });

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    private static string Key(string nonce) => $"consent:{nonce}";

    // The error codes of RFC 6749, section 4.1.2.1, are short words; anything else may be anybody's text.
    private static string Word(string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => char.IsAsciiLetter(c) || c == '_') ? error : "no code came back";

    [LoggerMessage(LogLevel.Information, "Consent for integration {Id} was not given: {Error}")]
    private partial void LogNotGiven(Guid id, string error);

    private sealed record Pending(string Actor, Guid? TenantId, string Verifier);
}

/// <summary>What a vendor sends a browser back with (RFC 6749, section 4.1.2).</summary>
internal sealed record ConsentAnswer(string? State, string? Code, string? Error);
