namespace Vaka.Plugins.Host.Network.Http;

/// <summary>What a failed request means.</summary>
internal static class TransportFailure
{
    public static IntegrationException From(HttpRequestException exception, string host) =>
        OutboundFailure.FindKnown(exception) ?? exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError
                => OutboundFailure.Unreachable($"{host} cannot be reached.", exception),
            HttpRequestError.SecureConnectionError => OutboundFailure.NoTls(host, exception),
            HttpRequestError.ConfigurationLimitExceeded => OutboundFailure.TooLarge(
                $"The headers of the answer from {host} were larger than {GuardedHttp.MaxHeadersKiB} KiB.", exception),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => Garbled(host, exception),
            HttpRequestError.Unknown or HttpRequestError.ResponseEnded or HttpRequestError.UserAuthenticationError
                or HttpRequestError.VersionNegotiationError or HttpRequestError.ExtendedConnectNotSupported => Cut(host, exception),
        };

    /// <summary>The connection ended before the answer was complete.</summary>
    public static IntegrationException Cut(string host, Exception exception) =>
        OutboundFailure.Interrupted($"The connection to {host} broke before the answer was complete.", exception);

    /// <summary>The answer is not what the protocol allows.</summary>
    public static IntegrationException Garbled(string host, Exception exception) =>
        OutboundFailure.Interrupted($"{host} gave an answer that is not valid HTTP.", exception);
}
