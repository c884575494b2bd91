using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Issuer;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>What a code was good for.</summary>
internal sealed record IssuedTokens(string IdToken, string AccessToken)
{
    public override string ToString() => "[secret]";
}

/// <summary>Redeems a code at the token endpoint (RFC 6749 section 4.1.3).</summary>
internal static class CodeExchange
{
    private const string What = "The token endpoint";
    private const int LongestToken = 128 * 1024;

    public static async Task<ApiAnswer> SendAsync(
        string code, PendingLogin pending, IssuerDocument issuer, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, issuer.TokenEndpoint) { Headers = { { "Accept", "application/json" } } };
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = pending.RedirectUri,
            ["code_verifier"] = pending.CodeVerifier,
        };
        Authenticate(request, fields, issuer, config);
        request.Content = new FormUrlEncodedContent(fields);
        var answer = await OidcHttp.SendAsync(request, What, config, context, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode is 200 ? answer : throw Refusal(answer);
    }

    public static IssuedTokens Read(ApiAnswer answer, LoginTrace trace)
    {
        var json = StrictJson.Object(answer.Body)
            ?? throw trace.Refused("token_response", $"{What} answered no JSON object, or one that names a member twice.");
        if (!string.Equals(json.Text("token_type"), "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw trace.Refused("token_type", $"{What} answered a token of type {LoginTrace.Shown(json.Text("token_type"))}; only Bearer is known.");
        }

        var access = json.Text("access_token");
        if (access is not { Length: > 0 and <= LongestToken } || !access.All(c => c is > ' ' and <= '~'))
        {
            throw trace.Refused("token_response", $"{What} answered no access token that can be sent.");
        }

        var token = json.Text("id_token")
            ?? throw trace.Refused("token_response", $"{What} answered no ID token: the client must be allowed the scope openid.");
        trace.Passed("code", "The code was redeemed for an ID token.");
        return new(token, access);
    }

    private static void Authenticate(HttpRequestMessage request, Dictionary<string, string> fields, IssuerDocument issuer, SsoConfig config)
    {
        var id = config.ClientId ?? throw OidcFailures.InvalidConfiguration("No client_id is set.");
        if (config.ClientSecret is not { } secret)
        {
            fields["client_id"] = id;
            return;
        }

        switch (Method(issuer, config.ClientAuthentication))
        {
            case ClientAuthentication.ClientSecretPost:
                fields["client_id"] = id;
                fields["client_secret"] = secret.Reveal();
                break;
            case ClientAuthentication.ClientSecretBasic or ClientAuthentication.Auto:
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{FormEncoded(id)}:{FormEncoded(secret.Reveal())}")));
                break;
        }
    }

    // Without a list, discovery means client_secret_basic.
    private static ClientAuthentication Method(IssuerDocument issuer, ClientAuthentication configured) =>
        configured is not ClientAuthentication.Auto ? configured
        : issuer.ClientAuthentications is not { } offered || offered.Contains("client_secret_basic") ? ClientAuthentication.ClientSecretBasic
        : offered.Contains("client_secret_post") ? ClientAuthentication.ClientSecretPost
        : throw OidcFailures.InvalidConfiguration(
            "The issuer takes a client secret neither in the header nor in the body. Register the client for client_secret_basic, or set "
            + "client_authentication.");

    // RFC 6749 section 2.3.1 wants id and secret encoded as in a form before Basic joins them.
    private static string FormEncoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static IntegrationException Refusal(ApiAnswer answer)
    {
        if (answer.StatusCode is not (400 or 401) || StrictJson.Object(answer.Body) is not { } json || json.Text("error") is not { } error)
        {
            return OidcHttp.Refused(answer, What);
        }

        var word = OidcFailures.Word(error, json.Text("error_description"));
        return error is "invalid_client" or "unauthorized_client"
            ? OidcFailures.NoEffect(
                FailureKind.Unauthorized, $"{What} refused the client: {word}. Check client_id, client_secret and client_authentication.")
            : OidcFailures.NoEffect(FailureKind.Rejected, $"Login refused (code): {What} refused the code: {word}.");
    }
}
