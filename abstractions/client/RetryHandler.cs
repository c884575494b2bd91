using System.Net;
using Polly;
using Polly.Retry;

namespace Vaka.Plugins.Client;

/// <summary>Sends again what may be repeated without harm, for reasons that may pass.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    private readonly ResiliencePipeline<HttpResponseMessage> retries;
    private readonly TimeProvider clock;
    private readonly TimeSpan longest;

    public RetryHandler(VakaClientOptions options, TimeProvider clock)
    {
        this.clock = clock;
        longest = options.MaxRetryDelay;
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = longest,
                ShouldHandle = arguments => ShouldRetryAsync(arguments.Outcome, arguments.Context.CancellationToken),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } response ? RetryAfter(response) : null),
            });
        }

        retries = builder.Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => MayBeRepeated(request)
        ? await retries.ExecuteAsync(
            static async (call, token) => await call.Handler.SendOnceAsync(call.Request, token), (Handler: this, Request: request), cancellationToken)
        : await SendOnceAsync(request, cancellationToken);

    private static bool MayBeRepeated(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Headers.Contains(HostConnection.IdempotencyKey);

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    private async ValueTask<bool> ShouldRetryAsync(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken)
    {
        if (outcome.Result is not { } response) return outcome.Exception is HttpRequestException;

        // What is answered from before is answered the same the next time.
        if (response.Headers.Contains(HostConnection.IdempotencyReplayed) || RetryAfter(response) > longest) return false;
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => true,

            // The attempt whose answer was lost still runs.
            HttpStatusCode.Conflict => await IsInProgressAsync(response, cancellationToken),
            _ => false,
        };
    }

    private static async Task<bool> IsInProgressAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        return response.RequestMessage?.Headers.Contains(HostConnection.IdempotencyKey) == true
            && Problem.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken))?.Code == "execution_in_progress";
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } time } when time > clock.GetUtcNow() => time - clock.GetUtcNow(),
        _ => null,
    };
}
