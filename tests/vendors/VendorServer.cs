using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Vendors;

/// <summary>A stand-in for one vendor that keeps state: an HTTP server on this machine, on a free port. What a vendor does by itself is in
/// the class derived from it; what a vendor does now and then (429, 503, a proxy's page, a cut) is set by <see cref="FailNext"/>.</summary>
public abstract class VendorServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentQueue<HttpAnswer> failures = new();
    private WebApplication? server;

    /// <summary>Where it listens: <c>http://127.0.0.1:port/</c>, or <c>https://localhost:port/</c> with a certificate.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What came in, in its order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Answers the next requests so, one for each, whatever they ask for and without touching the state.</summary>
    public void FailNext(params IEnumerable<HttpAnswer> answers)
    {
        foreach (var answer in answers) failures.Enqueue(answer);
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="certificate">With TLS under this certificate; default: without TLS.</param>
    public async Task StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        builder.Services.AddRouting();
        server = builder.Build();
        server.Use(TakeAsync);
        server.UseRouting();
        Map(server);
        await server.StartAsync();
        var port = new Uri(server.Urls.Single()).Port;
        Address = certificate is null ? new Uri($"http://127.0.0.1:{port}/") : new Uri($"https://localhost:{port}/");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The vendor's addresses.</summary>
    protected abstract void Map(IEndpointRouteBuilder routes);

    private async Task TakeAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.EnableBuffering();
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Request.Body.Position = 0;
        var recorded = new RecordedRequest
        {
            Method = context.Request.Method,
            Uri = new Uri(context.Request.GetEncodedUrl()),
            Headers = [.. context.Request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))],
            Body = body.ToArray(),
        };
        requests.Enqueue(recorded);
        if (!failures.TryDequeue(out var failure))
        {
            await next(context);
            return;
        }

        try
        {
            using var response = await failure(recorded, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            {
                context.Response.Headers.Append(header.Key, header.Value.ToArray());
            }

            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The failure was to cut the connection, or the client has gone.
            context.Abort();
        }
    }
}
