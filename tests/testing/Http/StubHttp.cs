using System.Collections.Concurrent;
using Vaka.Plugins.Host.Network.Http;

namespace Vaka.Plugins.Testing;

/// <summary>The wire without a wire: records what a provider sends and answers what the test has said. Clients of it are the host's
/// own in all else: they cap answers and turn transport failures into <see cref="IntegrationException"/>.</summary>
/// <example><code>
/// using var wire = new StubHttp();
/// wire.Next(HttpAnswers.RetryAfter(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)));
/// await using var test = new ProviderTestContext(new JiraProvider()) { Network = wire.AsNetwork() };
/// </code></example>
public sealed class StubHttp : HttpMessageHandler
{
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentQueue<HttpAnswer> answers = new();
    private HttpAnswer? fallback;

    /// <summary>What was sent, in its order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Adds answers to the queue, one for each of the next requests.</summary>
    public StubHttp Next(params IEnumerable<HttpAnswer> next)
    {
        foreach (var answer in next)
        {
            answers.Enqueue(answer);
        }

        return this;
    }

    /// <summary>Answers every request for which none is queued; without it such a request fails the test.</summary>
    public StubHttp Otherwise(HttpAnswer answer)
    {
        fallback = answer;
        return this;
    }

    /// <summary>A client with the limits of <see cref="IntegrationContext.Http"/>.</summary>
    public HttpClient CreateClient() => GuardedHttp.CreateClient(new GuardedHandler(new Shared(this)), disposeHandler: true);

    /// <summary>A network whose HTTP clients all come here. It knows every name and opens no connection.</summary>
    public IOutboundNetwork AsNetwork() => new StubNetwork(this);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = request.Content is null ? request.Headers.NonValidated : request.Headers.NonValidated.Concat(request.Content.Headers.NonValidated);
        var recorded = new RecordedRequest
        {
            Method = request.Method.Method,
            Uri = request.RequestUri ?? throw new InvalidOperationException("A request needs an address."),
            Headers = [.. headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value))],
            Body = body,
        };
        requests.Enqueue(recorded);
        var answer = answers.TryDequeue(out var queued) ? queued : fallback;
        var response = answer is null
            ? throw new InvalidOperationException($"No answer is set for {recorded.Method} {recorded.Uri.GetLeftPart(UriPartial.Path)}.")
            : await answer(recorded, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    /// <summary>Keeps the stub alive when a client of it is disposed.</summary>
    private sealed class Shared(StubHttp stub) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            stub.SendAsync(request, cancellationToken);
    }
}
