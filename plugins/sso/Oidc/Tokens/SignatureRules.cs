using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Tokens;

/// <summary>Whether the issuer signed a token, with a key of its set and an algorithm that the config allows.</summary>
internal static class SignatureRules
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Checks header, signature, issuer and audience.</summary>
    /// <param name="token">The token.</param>
    /// <param name="types">Values that <c>typ</c> may have, when it is there.</param>
    /// <param name="known">Where the keys are.</param>
    /// <param name="config">The config.</param>
    /// <param name="context">The context of the call.</param>
    /// <param name="trace">Where the checks go.</param>
    /// <param name="cancellationToken">Bounds the time.</param>
    public static async Task CheckAsync(
        CompactToken token,
        IReadOnlyList<string> types,
        KnownIssuer known,
        SsoConfig config,
        IntegrationContext context,
        LoginTrace trace,
        CancellationToken cancellationToken)
    {
        var algorithm = CheckHeader(token, types, config, trace);
        var facts = await trace.TryAsync("discovery", () => known.GetAsync(config, context, cancellationToken)).ConfigureAwait(false);
        var key = await KeyAsync(token, algorithm, facts, known, config, context, trace, cancellationToken).ConfigureAwait(false);
        trace.Passed("key", $"The key {LoginTrace.Shown(key.Id)} is of the issuer's set and for {algorithm}.");
        var (opened, owner) = key.Open();
        using (owner)
        {
            var parameters = Parameters(algorithm, opened, facts.Document.Issuer, config);
            var result = await Handler.ValidateTokenAsync(token.Text, parameters).ConfigureAwait(false);
            if (!result.IsValid) throw Refusal(result.Exception, token, config, trace);
        }

        trace.Passed("signature", $"Signed by the issuer with {algorithm}.");
        trace.Passed("issuer", "It is the configured one.");
        trace.Passed("audience", "The token is for this client.");
    }

    private static string CheckHeader(CompactToken token, IReadOnlyList<string> types, SsoConfig config, LoginTrace trace)
    {
        var algorithm = token.Header.Text("alg");
        if (algorithm is null || !OidcAlgorithms.Asymmetric.Contains(algorithm) || !config.SigningAlgorithms.Contains(algorithm))
        {
            throw trace.Refused(
                "algorithm",
                $"The token is signed with {LoginTrace.Shown(algorithm)}; signing_algorithms allows {string.Join(", ", config.SigningAlgorithms)}.");
        }

        // Nothing that a header can make critical is supported, so that whatever it names is unknown (RFC 7515 section 4.1.11).
        if (token.Header.TryGetProperty("crit", out _))
        {
            throw trace.Refused("crit", "The token's header makes extensions critical; none is supported.");
        }

        if (token.Header.TryGetProperty("typ", out _)
            && !types.Contains(token.Header.Text("typ") ?? "", StringComparer.OrdinalIgnoreCase))
        {
            throw trace.Refused("typ", $"The token is of type {LoginTrace.Shown(token.Header.Text("typ"))}, which is for another use.");
        }

        trace.Passed("algorithm", $"{algorithm} is allowed.");
        return algorithm;
    }

    private static async Task<IssuerKey> KeyAsync(
        CompactToken token,
        string algorithm,
        IssuerFacts facts,
        KnownIssuer known,
        SsoConfig config,
        IntegrationContext context,
        LoginTrace trace,
        CancellationToken cancellationToken)
    {
        if (!token.Header.TryGetProperty("kid", out _))
        {
            return facts.Keys is [var only]
                ? Usable(only, algorithm, trace)
                : throw trace.Refused("key", $"The token names no key, and the issuer has {facts.Keys.Count}.");
        }

        var id = token.Header.Text("kid") ?? throw trace.Refused("key", "The token's kid is no text.");
        var found = Find(facts, id, algorithm);
        if (found.Count is 0)
        {
            facts = await trace.TryAsync("keys", () => known.SearchAsync(facts, config, context, cancellationToken)).ConfigureAwait(false);
            found = Find(facts, id, algorithm);
        }

        return found.Count switch
        {
            0 => throw trace.Refused(
                "key", $"The issuer has no key {LoginTrace.Shown(id)}. Its keys were read again, at most once a minute; try again later."),
            1 => Usable(found[0], algorithm, trace),
            _ => throw trace.Refused("key", $"The issuer has several keys {LoginTrace.Shown(id)}."),
        };
    }

    // Keys of different kinds may share an id (RFC 7517 section 4.5).
    private static IReadOnlyList<IssuerKey> Find(IssuerFacts facts, string id, string algorithm)
    {
        IReadOnlyList<IssuerKey> named = [.. facts.Keys.Where(key => key.Id == id)];
        return named.Count > 1 ? [.. named.Where(key => key.Fits(algorithm))] : named;
    }

    private static IssuerKey Usable(IssuerKey key, string algorithm, LoginTrace trace) => key.ProblemFor(algorithm) is { } problem
        ? throw trace.Refused("key", $"The issuer's key {LoginTrace.Shown(key.Id)} {problem}.")
        : key;

    // Dates are checked apart, by the context's clock.
    private static TokenValidationParameters Parameters(string algorithm, SecurityKey key, string issuer, SsoConfig config)
    {
        key.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        return new()
        {
            ValidAlgorithms = [algorithm],
            ValidIssuer = issuer,
            ValidAudience = config.ClientId,
            IssuerSigningKeyResolver = (_, _, _, _) => [key],
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            IncludeTokenOnFailedValidation = false,
        };
    }

    private static IntegrationException Refusal(Exception exception, CompactToken token, SsoConfig config, LoginTrace trace) => exception switch
    {
        SecurityTokenInvalidIssuerException => trace.Refused(
            "issuer", $"The token is of {LoginTrace.Shown(token.Claims.Text("iss"))} and not of the configured issuer.", exception),
        SecurityTokenInvalidAudienceException => trace.Refused(
            "audience", $"The token is not for client {LoginTrace.Shown(config.ClientId)}. Check client_id.", exception),
        SecurityTokenInvalidSignatureException => trace.Refused("signature", "The signature is not the issuer's.", exception),
        _ => trace.Refused("token", "The token's claims are not of the form that a token has.", exception),
    };
}
