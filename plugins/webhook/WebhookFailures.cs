using System.Net;

namespace Vaka.Plugins.Webhook;

/// <summary>What an HTTP answer means. No message holds an answer's text or more of an address than its host.</summary>
internal static class WebhookFailures
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>Anything but 2xx from the endpoint.</summary>
    /// <remarks>A 4xx says that the call was refused before it had an effect. 408 is the exception, since proxies give it for an endpoint
    /// that took the call and was slow; so are redirects (303 follows a call that was carried out) and 5xx.</remarks>
    public static IntegrationException FromEndpoint(HttpResponseMessage response, string method, TimeProvider clock)
    {
        var status = (int)response.StatusCode;
        var (kind, effect, hint) = status switch
        {
            >= 300 and < 400 => (FailureKind.InvalidConfiguration, Effect.Possible,
                "Redirects are not followed: set url to the final address."),
            401 => (FailureKind.Unauthorized, Effect.None, "The credentials were refused: check auth and secret_headers."),
            403 => (FailureKind.Forbidden, Effect.None, "The credentials do not allow this: ask the owner of the endpoint."),
            404 => (FailureKind.NotFound, Effect.None, "There is nothing at this address: check url, and path where the call gives one."),
            405 => (FailureKind.Rejected, Effect.None, $"It does not take {method}: check method."),
            408 => (FailureKind.Unavailable, Effect.Possible, "It did not get or carry out the call in time."),
            410 => (FailureKind.Rejected, Effect.None,
                "The endpoint is gone for good, and nothing is sent to it any more. Set a new url and activate the integration again."),
            413 => (FailureKind.Rejected, Effect.None, "The data is too large for it: send less."),
            425 => (FailureKind.Unavailable, Effect.None, "It asks to try again later."),
            429 => (FailureKind.RateLimited, Effect.None, "It gets too many calls."),
            >= 400 and < 500 => (FailureKind.Rejected, Effect.None, "It refused the call: compare the data with what it expects."),
            503 => (FailureKind.Unavailable, Effect.Possible, "It cannot take calls now."),
            >= 500 and < 600 => (FailureKind.Unavailable, Effect.Possible, "It failed on its side."),
            _ => (FailureKind.Rejected, Effect.Possible, "This is not an answer of HTTP: check url."),
        };
        return new IntegrationException(kind, $"The webhook endpoint answered {status}. {hint}")
        {
            Effect = effect,
            RetryAfter = status is 429 or 503 ? RetryAfterOf(response, clock) : null,
            MakesUnusable = response.StatusCode is HttpStatusCode.Gone ? UnusableReason.EndpointGone : null,
        };
    }

    public static IntegrationException InvalidInput(string path, string message) => new(FailureKind.InvalidInput, message)
    {
        Effect = Effect.None,
        Errors = [new FieldError(path, message)],
    };

    /// <summary>The wait that an answer asks for, as seconds or as a date, between nothing and a day.</summary>
    public static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider clock)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait is null ? null
            : wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > LongestWait ? LongestWait
            : wait;
    }
}
