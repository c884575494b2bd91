using System.Text.Json;

namespace Vaka.Plugins.Sso.Oidc.Wire;

/// <summary>Exchanges with the issuer: bounded in size and time. Redirects are answers like any other, and none is good.</summary>
internal static class OidcHttp
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>A document that is read by GET.</summary>
    public static async Task<JsonElement> ReadAsync(
        string address, string what, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "application/json" } } };
        var answer = await SendAsync(request, what, config, context, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode is not 200 ? throw Refused(answer, what)
            : StrictJson.Object(answer.Body) ?? throw OidcFailures.InvalidConfiguration(
                $"{what} is not a JSON object, or names a member twice. Check issuer; a proxy's page looks like this too.");
    }

    /// <summary>Sends and reads the answer, whatever its status.</summary>
    public static async Task<ApiAnswer> SendAsync(
        HttpRequestMessage request, string what, SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(config.TimeoutSeconds), context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ApiAnswer.SendAsync(context.Http, request, context.Clock, either.Token, MaxBytes).ConfigureAwait(false);
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IntegrationException(
                FailureKind.Unavailable, $"{what} was not answered within {config.TimeoutSeconds} seconds. Try again later.", timeout)
            {
                Effect = request.Method == HttpMethod.Get ? Effect.None : Effect.Possible,
            };
        }
    }

    /// <summary>A status that is not the good one, where the issuer says nothing more.</summary>
    public static IntegrationException Refused(ApiAnswer answer, string what) => answer.StatusCode is >= 300 and < 400
        ? answer.ToFailure(
            $"{what} was answered with a redirect ({answer.StatusCode}), which is not followed. Set issuer to the final address.")
        : answer.ToFailure($"{what} was answered with status {answer.StatusCode}. {(answer.StatusCode >= 500 ? "Try again later." : "Check issuer.")}");
}
