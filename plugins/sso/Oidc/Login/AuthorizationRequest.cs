using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>Asks for an authorization code, with state, nonce and PKCE (RFC 7636).</summary>
internal static class AuthorizationRequest
{
    private const string OpenId = "openid";

    public static BeginLoginOutput Write(BeginLoginInput input, IssuerDocument issuer, SsoConfig config, IntegrationContext context)
    {
        var pending = new PendingLogin
        {
            State = input.Handle,
            Nonce = Unguessable(),
            CodeVerifier = Unguessable(),
            IssuedAt = context.Clock.GetUtcNow(),
            Forced = input.ForceAuthn,
            RedirectUri = input.Addresses.Callback,
        };
        return new()
        {
            Request = new() { Url = OidcAddress.With(issuer.AuthorizationEndpoint, Parameters(pending, input, config)) },
            Pending = pending.Write(),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Parameters(PendingLogin pending, BeginLoginInput input, SsoConfig config)
    {
        yield return new("response_type", "code");
        yield return new("client_id", config.ClientId ?? throw OidcFailures.InvalidConfiguration("No client_id is set."));
        yield return new("redirect_uri", pending.RedirectUri);
        yield return new("scope", string.Join(' ', config.Scopes.Prepend(OpenId).Distinct()));
        yield return new("state", pending.State);
        yield return new("nonce", pending.Nonce);

        // Sent even where discovery does not list it: an issuer that does not know it ignores it.
        yield return new("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(pending.CodeVerifier))));
        yield return new("code_challenge_method", "S256");
        if (input.LoginHint is { Length: > 0 } hint) yield return new("login_hint", hint);
        if (!input.ForceAuthn) yield break;
        yield return new("prompt", "login");
        yield return new("max_age", "0");
    }

    private static string Unguessable() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
