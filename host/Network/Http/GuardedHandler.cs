namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Checks each request's address before it is sent, against the reach too, caps each answer, and turns transport failures into
/// <see cref="IntegrationException"/>: refused, unresolved, unreachable and untrusted with <see cref="Effect.None"/>, everything after
/// the connection stood with <see cref="Effect.Possible"/>. Cancellation passes as it is.</summary>
internal sealed class GuardedHandler(HttpMessageHandler inner, OutboundReach? reach = null) : DelegatingHandler(inner)
{
    // Of an integration that is called again and again with the same address.
    private volatile CheckedAddress? last;

    // The synchronous path would pass by what follows.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Use SendAsync.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var host = HostOf(request);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            response.Content = new CappedContent(response.Content, host);
            return response;
        }
        catch (HttpRequestException exception)
        {
            throw TransportFailure.From(exception, host);
        }
        catch (OperationCanceledException exception)
            when (!cancellationToken.IsCancellationRequested && exception.InnerException is TimeoutException)
        {
            // The handler's own ConnectTimeout is the only timer that can end a request otherwise.
            throw OutboundFailure.Unreachable(
                $"{host} did not accept a connection within {GuardedHttp.ConnectTimeout.TotalSeconds:0} seconds.", exception);
        }
    }

    private string HostOf(HttpRequestMessage request)
    {
        if (last is { } known && ReferenceEquals(known.Uri, request.RequestUri) && request.Headers.Host is null) return known.Host;
        var host = RequestCheck.HostOf(request);
        reach?.Demand(host, request.RequestUri!.Port); // checked with the host
        last = new CheckedAddress(request.RequestUri, host);
        return host;
    }

    private sealed record CheckedAddress(Uri? Uri, string Host);
}
