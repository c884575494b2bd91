using System.Net.Http.Headers;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>Claims that the issuer gives beside the ID token (OpenID Connect Core 1.0, section 5.3).</summary>
internal static class Userinfo
{
    private const string What = "The userinfo endpoint";

    public static async Task<ApiAnswer> SendAsync(
        string endpoint, string accessToken, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint)
        {
            Headers = { { "Accept", "application/json" } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var answer = await OidcHttp.SendAsync(request, What, config, context, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            200 => answer,
            401 or 403 => throw OidcFailures.NoEffect(
                FailureKind.Rejected, $"Login refused (userinfo): {What} refused the access token ({answer.StatusCode})."),
            _ => throw OidcHttp.Refused(answer, What),
        };
    }

    public static JsonElement Read(ApiAnswer answer, string subject, LoginTrace trace)
    {
        if (string.Equals(answer.MediaType, "application/jwt", StringComparison.OrdinalIgnoreCase))
        {
            throw trace.Refused("userinfo", $"{What} answers a token instead of JSON, which is not supported. Switch signing of userinfo off at the "
                + "identity provider, or read_userinfo here.");
        }

        var json = StrictJson.Object(answer.Body)
            ?? throw trace.Refused("userinfo", $"{What} answered no JSON object, or one that names a member twice.");
        if (json.Text("sub") != subject) throw trace.Refused("userinfo", $"{What} speaks of somebody else than the ID token (sub).");
        trace.Passed("userinfo", "It speaks of the same person.");
        return json;
    }
}
