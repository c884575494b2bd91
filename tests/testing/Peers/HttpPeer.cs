using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Vaka.Plugins.Testing;

/// <summary>A real HTTP server on this machine, on a free port: records what comes in and answers what the test has said; unless told
/// otherwise 200 without a body.</summary>
public sealed class HttpPeer : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentQueue<HttpAnswer> answers = new();
    private readonly WebApplication server;
    private HttpAnswer fallback = HttpAnswers.Status(HttpStatusCode.OK);

    private HttpPeer(WebApplication server, X509Certificate2? certificate) => (this.server, Certificate) = (server, certificate);

    /// <summary>Where it listens: <c>http://127.0.0.1:port/</c> or <c>https://localhost:port/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The certificate it shows; <c>null</c> without TLS.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>What came in, in its order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Starts one without TLS.</summary>
    public static Task<HttpPeer> StartAsync() => StartAsync(certificate: null, ClientCertificateMode.NoCertificate);

    /// <summary>Starts one with TLS.</summary>
    /// <param name="certificate">Default: a self-signed one for <c>localhost</c>.</param>
    /// <param name="askForClientCertificate">Whether to take any client certificate and record it.</param>
    public static Task<HttpPeer> StartTlsAsync(X509Certificate2? certificate = null, bool askForClientCertificate = false) =>
        StartAsync(
            certificate ?? TestCertificates.SelfSigned(),
            askForClientCertificate ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate);

    /// <summary>Adds answers to the queue, one for each of the next requests.</summary>
    public HttpPeer Next(params IEnumerable<HttpAnswer> next)
    {
        foreach (var answer in next)
        {
            answers.Enqueue(answer);
        }

        return this;
    }

    /// <summary>Answers every request for which none is queued.</summary>
    public HttpPeer Otherwise(HttpAnswer answer)
    {
        fallback = answer;
        return this;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task<HttpPeer> StartAsync(X509Certificate2? certificate, ClientCertificateMode clients)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = clients;
                    https.AllowAnyClientCertificate();
                });
            }
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var server = builder.Build();
        var peer = new HttpPeer(server, certificate);
        server.Run(peer.AnswerAsync);
        await server.StartAsync();
        var port = new Uri(server.Urls.Single()).Port;
        peer.Address = certificate is null ? new Uri($"http://127.0.0.1:{port}/") : new Uri($"https://localhost:{port}/");
        return peer;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var recorded = new RecordedRequest
        {
            Method = context.Request.Method,
            Uri = new Uri(context.Request.GetEncodedUrl()),
            Headers = [.. context.Request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))],
            Body = body.ToArray(),
            ClientCertificate = await context.Connection.GetClientCertificateAsync(context.RequestAborted),
        };
        requests.Enqueue(recorded);
        try
        {
            using var response = await (answers.TryDequeue(out var queued) ? queued : fallback)(recorded, context.RequestAborted);
            await WriteAsync(response, context);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The answer was to cut the connection, or the client has gone.
            context.Abort();
        }
    }

    private static async Task WriteAsync(HttpResponseMessage response, HttpContext context)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            context.Response.Headers.Append(header.Key, header.Value.ToArray());
        }

        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        for (int count; (count = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
