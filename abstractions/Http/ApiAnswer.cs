using System.Net.Http.Headers;
using System.Text.Json;

namespace Vaka.Plugins;

/// <summary>An HTTP API's answer, read whole up to a limit: what it says, and what it means where the vendor says nothing more.</summary>
public sealed class ApiAnswer
{
    /// <summary>The limit of <see cref="SendAsync"/> unless another is given: 4 MiB.</summary>
    public const int DefaultMaxBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private ApiAnswer(HttpMethod method, HttpResponseMessage response, ReadOnlyMemory<byte> body, TimeProvider clock)
    {
        Method = method;
        StatusCode = (int)response.StatusCode;
        Headers = response.Headers;
        MediaType = response.Content.Headers.ContentType?.MediaType;
        Body = body;
        Json = Parse(body);
        RetryAfter = RetryAfterOf(response, clock);
    }

    /// <summary>How it was asked for.</summary>
    public HttpMethod Method { get; }

    /// <summary>The status.</summary>
    public int StatusCode { get; }

    /// <summary>2xx.</summary>
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>The headers, without those of the body.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>The media type that the answer claims; default: none.</summary>
    public string? MediaType { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body as JSON, whatever media type it claims; <c>null</c>: empty, or no JSON, as the page of a proxy is.</summary>
    public JsonElement? Json { get; }

    /// <summary>The wait that <c>Retry-After</c> asks for, as seconds or as a date, between nothing and 24 hours; <c>null</c>: none.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What the status stands for by RFC 9110 where the vendor says nothing more.</summary>
    public FailureKind Kind => StatusCode switch
    {
        401 => FailureKind.Unauthorized,
        403 => FailureKind.Forbidden,
        404 or 410 => FailureKind.NotFound,
        400 or 422 => FailureKind.InvalidInput,
        408 or 425 => FailureKind.Unavailable,
        429 => FailureKind.RateLimited,
        >= 300 and < 400 => FailureKind.InvalidConfiguration,
        >= 500 and < 600 => FailureKind.Unavailable,
        _ => FailureKind.Rejected,
    };

    /// <summary>Whether a refusal of this kind may have changed something: never what was only read, nor what a 4xx refused. 408 is the
    /// exception, since proxies give it for a server that took the call and was slow.</summary>
    public Effect Effect => IsSafe(Method) || StatusCode is >= 400 and < 500 and not 408 ? Effect.None : Effect.Possible;

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="http">The client, such as <see cref="IntegrationContext.Http"/>.</param>
    /// <param name="request">The request; the caller disposes it.</param>
    /// <param name="clock">The clock, which a date in <c>Retry-After</c> is compared with.</param>
    /// <param name="cancellationToken">Bounds the time.</param>
    /// <param name="maxBytes">The longest body that is taken, in bytes.</param>
    /// <exception cref="IntegrationException">There was no answer, as <see cref="IntegrationContext.Http"/> says, with
    /// <see cref="Effect.None"/> where the request was only to read; or a longer one, as <see cref="FailureKind.Rejected"/>.</exception>
    public static async Task<ApiAnswer> SendAsync(
        HttpClient http, HttpRequestMessage request, TimeProvider clock, CancellationToken cancellationToken, int maxBytes = DefaultMaxBytes)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var body = await ReadAsync(response, request, maxBytes, cancellationToken).ConfigureAwait(false);
            return new ApiAnswer(request.Method, response, body, clock);
        }
        catch (IntegrationException failure) when (failure.Effect is Effect.Possible && IsSafe(request.Method))
        {
            throw new IntegrationException(failure.Kind, failure.Message, failure) { Effect = Effect.None, RetryAfter = failure.RetryAfter };
        }
    }

    /// <summary>The failure that this answer is, with <see cref="Kind"/>, <see cref="Effect"/> and <see cref="RetryAfter"/> of it.</summary>
    /// <param name="safeMessage">What failed and what to do next; nothing of the body.</param>
    /// <param name="kind">Another kind, where the vendor says more than the status.</param>
    /// <param name="errors">The fields that were refused.</param>
    /// <param name="makesUnusable">See <see cref="IntegrationException.MakesUnusable"/>.</param>
    public IntegrationException ToFailure(
        string safeMessage, FailureKind? kind = null, IReadOnlyList<FieldError>? errors = null, UnusableReason? makesUnusable = null) =>
        new(kind ?? Kind, safeMessage)
        {
            Effect = Effect,
            RetryAfter = RetryAfter,
            Errors = errors ?? [],
            MakesUnusable = makesUnusable,
        };

    /// <summary>Method and status; the body may hold anything.</summary>
    public override string ToString() => $"{Method} {StatusCode}";

    private static bool IsSafe(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options;

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, HttpRequestMessage request, int maxBytes, CancellationToken cancellationToken)
    {
        var declared = response.Content.Headers.ContentLength;
        if (declared > maxBytes) throw TooLarge(request, maxBytes);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = stream.ConfigureAwait(false);
        using var body = new MemoryStream((int)(declared ?? 1024));
        var buffer = new byte[16 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + count > maxBytes) throw TooLarge(request, maxBytes);
            body.Write(buffer, 0, count);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static IntegrationException TooLarge(HttpRequestMessage request, int maxBytes) =>
        new(FailureKind.Rejected, $"The answer of {request.RequestUri?.Host} was larger than {maxBytes / 1024} KiB. Ask for less at once.");

    private static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider clock)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => null,
        };
        return wait is not { } asked ? null
            : asked < TimeSpan.Zero ? TimeSpan.Zero
            : asked > LongestWait ? LongestWait
            : asked;
    }
}
