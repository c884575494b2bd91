using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>One-time codes that a browser takes to the service, which redeems them. Whoever reads the database gets neither the code, of which
/// only a hash is stored, nor what it stands for, which is encrypted.</summary>
internal sealed class SsoCodes(OneTimeTokens tokens, KeyRing ring)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const string Purpose = "sso-code";

    private readonly IOneTimeStore codes = tokens.For(Guid.Empty); // the host's own

    public async Task<string> CreateAsync(SignedIn who, Guid? tenantId, string challenge, CancellationToken cancellationToken)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var key = Key(code);
        var kept = ring.Protect(JsonSerializer.Serialize(new Kept(who, tenantId, challenge)), Purpose, key);
        await codes.TryAddAsync(key, kept, Lifetime, cancellationToken);
        return code;
    }

    /// <summary>Spends a code, with whatever verifier: who guesses has one try.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: never made, spent, expired, another scope's, or the
    /// verifier is not the one of the challenge. It does not say which.</exception>
    public async Task<SignedIn> RedeemAsync(string code, string verifier, Caller caller, CancellationToken cancellationToken)
    {
        var key = Key(code);
        if (await codes.TakeAsync(key, cancellationToken) is { } stored && Open(stored, key) is { } kept && kept.TenantId == caller.TenantId
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(kept.Challenge), Encoding.ASCII.GetBytes(Challenge(verifier))))
        {
            return kept.Who;
        }

        throw new ProblemException(ProblemCode.InvalidRequest,
            "This code cannot be redeemed. It works once, for 60 seconds, for the tenant that began the login and with the code_verifier of its "
            + "code_challenge. Begin the login again.");
    }

    private Kept? Open(string stored, string key)
    {
        try
        {
            return JsonSerializer.Deserialize<Kept>(ring.Unprotect(stored, Purpose, key));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>RFC 7636, S256.</summary>
    private static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static string Key(string code) => "sso-code:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private sealed record Kept(SignedIn Who, Guid? TenantId, string Challenge);
}

/// <summary>Who signed in, as a service is told.</summary>
/// <param name="Connection">The integration: a person is known by it, the issuer and the subject together.</param>
/// <param name="Issuer">The identity provider.</param>
/// <param name="Subject">Who, unique within the issuer.</param>
/// <param name="Claims">What arrived.</param>
/// <param name="Attributes">What it became by the mapping.</param>
/// <param name="SessionId">Our session.</param>
/// <param name="Session">The identity provider's.</param>
internal sealed record SignedIn(
    Guid Connection, string Issuer, string Subject, System.Text.Json.Nodes.JsonObject Claims, System.Text.Json.Nodes.JsonObject Attributes,
    Guid SessionId, LoginSession Session);
