using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Login;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Logout;

/// <summary>Signing out that begins here (OpenID Connect RP-Initiated Logout 1.0).</summary>
internal static class OidcLogout
{
    // Addresses longer than this are cut or refused on the way; a form has no such limit, and issuers take both.
    private const int LongestAddress = 4000;

    public static async Task<BeginLogoutOutput> BeginAsync(
        BeginLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var remembered = RememberedLogin.Read(input.LogoutState);
        var trace = new LoginTrace(context);
        var known = await KnownIssuer.OfAsync(context, cancellationToken).ConfigureAwait(false);
        var facts = await trace.TryAsync("discovery", () => known.GetAsync(config, context, cancellationToken)).ConfigureAwait(false);
        if (facts.Document.EndSessionEndpoint is not { } endpoint) return new();
        var parameters = new Dictionary<string, string>
        {
            ["id_token_hint"] = remembered.IdToken,
            ["client_id"] = config.ClientId ?? throw OidcFailures.InvalidConfiguration("No client_id is set."),
            ["post_logout_redirect_uri"] = input.Addresses.Slo,
            ["state"] = input.Handle,
        };
        var address = OidcAddress.With(endpoint, parameters);
        return new()
        {
            Request = address.Length <= LongestAddress ? new() { Url = address } : new() { Url = endpoint, Fields = parameters },
            Pending = JsonSerializer.Serialize(new PendingLogout { State = input.Handle }, OidcJson.Default.PendingLogout),
        };
    }

    /// <summary>A logout token that the issuer posts, or the browser that comes back from it.</summary>
    public static Task<CompleteLogoutOutput> CompleteAsync(
        CompleteLogoutInput input, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var trace = new LoginTrace(context);
        return input.Message switch
        {
            { IsPost: true } message when message.Fields.TryGetValue("logout_token", out var token) =>
                BackchannelLogout.CompleteAsync(token, config, context, trace, cancellationToken),
            { IsPost: false } => Task.FromResult(Return(input, trace)),
            _ => throw trace.Refused("message", "What arrived is neither a logout token nor a return from the identity provider."),
        };
    }

    private static CompleteLogoutOutput Return(CompleteLogoutInput input, LoginTrace trace)
    {
        if (StateOf(input.Pending) is not { } state || input.Message.Fields.GetValueOrDefault("state") != state)
        {
            throw trace.Refused("state", "This browser began no such logout, or finished it already.");
        }

        trace.Passed("state", "This browser began the logout.");
        return new();
    }

    private static string? StateOf(string? pending)
    {
        try
        {
            return pending is null ? null : JsonSerializer.Deserialize(pending, OidcJson.Default.PendingLogout)?.State;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
