using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>Answers one request. Called for every request anew, since an answer is read once.</summary>
/// <param name="request">The request.</param>
/// <param name="cancellationToken">The client has given up.</param>
public delegate Task<HttpResponseMessage> HttpAnswer(RecordedRequest request, CancellationToken cancellationToken);

/// <summary>What vendors do. Good for <see cref="StubHttp"/> and for <see cref="HttpPeer"/>.</summary>
public static class HttpAnswers
{
    /// <summary>A status without a body.</summary>
    public static HttpAnswer Status(HttpStatusCode status) => Content(status, () => new ByteArrayContent([]));

    /// <summary>A status with JSON.</summary>
    public static HttpAnswer Json(HttpStatusCode status, string json) =>
        Content(status, () => new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>200 with JSON.</summary>
    public static HttpAnswer Json(string json) => Json(HttpStatusCode.OK, json);

    /// <summary>A status with an HTML page: what stands between us and the vendor likes to answer so.</summary>
    public static HttpAnswer Html(HttpStatusCode status, string html = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>") =>
        Content(status, () => new StringContent(html, Encoding.UTF8, "text/html"));

    /// <summary>A status with any body.</summary>
    public static HttpAnswer Content(HttpStatusCode status, Func<HttpContent> content) =>
        (_, _) => Task.FromResult(new HttpResponseMessage(status) { Content = content() });

    /// <summary>A redirect.</summary>
    public static HttpAnswer Redirect(string location, HttpStatusCode status = HttpStatusCode.Found) =>
        Status(status).WithHeader("Location", location);

    /// <summary>A status with <c>Retry-After</c> in seconds.</summary>
    public static HttpAnswer RetryAfter(HttpStatusCode status, TimeSpan delay) =>
        Status(status).WithHeader("Retry-After", $"{(long)delay.TotalSeconds}");

    /// <summary>A status with <c>Retry-After</c> as a date.</summary>
    public static HttpAnswer RetryAfter(HttpStatusCode status, DateTimeOffset date) => Status(status).WithHeader("Retry-After", $"{date:R}");

    /// <summary>No answer until the client gives up.</summary>
    public static HttpAnswer Timeout() => async (_, cancellationToken) =>
    {
        await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    };

    /// <summary>Nobody listens: the request was certainly not sent.</summary>
    public static HttpAnswer Refused() => (_, _) => throw new HttpRequestException(
        HttpRequestError.ConnectionError, "Connection refused.", new SocketException((int)SocketError.ConnectionRefused));

    /// <summary>The connection ends after the request was sent and before an answer came.</summary>
    public static HttpAnswer Cut() => (_, _) => throw new HttpRequestException(
        HttpRequestError.ResponseEnded, "The response ended prematurely.", new IOException("The connection was cut."));

    /// <summary>The connection ends in the middle of the body.</summary>
    public static HttpAnswer CutInBody(HttpStatusCode status, string begin = """{"ok": tr""") =>
        Content(status, () => Stream(new CutStream(Encoding.UTF8.GetBytes(begin))));

    /// <summary>A body that never ends.</summary>
    public static HttpAnswer Endless(HttpStatusCode status = HttpStatusCode.OK) => Content(status, () => Stream(new EndlessStream()));

    /// <summary>The same answer with one more header.</summary>
    public static HttpAnswer WithHeader(this HttpAnswer answer, string name, string value) => async (request, cancellationToken) =>
    {
        var response = await answer(request, cancellationToken);
        if (!response.Headers.TryAddWithoutValidation(name, value))
        {
            response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    };

    private static StreamContent Stream(Stream body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private sealed class CutStream(byte[] begin) : ReadOnlyStream
    {
        private readonly MemoryStream begin = new(begin);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await begin.ReadAsync(buffer, cancellationToken) is > 0 and var count ? count : throw new IOException("The connection was cut.");
    }

    private sealed class EndlessStream : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            buffer.Span.Fill((byte)' ');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
