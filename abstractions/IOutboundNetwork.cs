using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins;

/// <summary>The only way out. Every address is resolved once, judged by the operator's policy, and only a judged address is connected
/// to.</summary>
public interface IOutboundNetwork
{
    /// <summary>Looks a host up and judges every address of it.</summary>
    /// <exception cref="IntegrationException"><see cref="FailureKind.Unavailable"/>: no such host or no answer;
    /// <see cref="FailureKind.InvalidConfiguration"/>: the policy refuses it, naming the setting that would allow it. Both with
    /// <see cref="Effect.None"/>.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, int port, CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection; the caller disposes the stream.</summary>
    /// <exception cref="IntegrationException">As for <see cref="ResolveAsync"/>, and <see cref="FailureKind.Unavailable"/> when nobody
    /// accepts.</exception>
    Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken);

    /// <summary>Speaks TLS over an open stream. Certificates are validated against the system's roots and <paramref name="options"/>;
    /// nothing is downloaded to do so. The caller disposes the stream, which owns <paramref name="stream"/>.</summary>
    /// <exception cref="IntegrationException"><see cref="FailureKind.InvalidConfiguration"/>: the certificate is not trusted, and why;
    /// <see cref="FailureKind.Unavailable"/>: the handshake failed otherwise.</exception>
    Task<SslStream> AuthenticateAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellationToken);

    /// <summary>The same settings for a library that speaks TLS by itself, such as one that does STARTTLS.</summary>
    SslClientAuthenticationOptions CreateTlsOptions(string host, TlsOptions options);

    /// <summary>An HTTP client with TLS settings of its own. Make it in
    /// <see cref="IntegrationContext.GetOrCreateResourceAsync"/>, so that its connections are pooled; otherwise as
    /// <see cref="IntegrationContext.Http"/>.</summary>
    HttpClient CreateHttpClient(TlsOptions options);
}

/// <summary>What a connection asks of TLS beyond the system's trust.</summary>
public sealed record TlsOptions
{
    /// <summary>The system's roots, no client certificate.</summary>
    public static TlsOptions Default { get; } = new();

    /// <summary>Hexadecimal SHA-256 fingerprint of the only certificate that is accepted, whoever issued it, while it is within its dates;
    /// colons and case do not matter. Default: none, the system's roots decide.</summary>
    public string? PinnedCertificate { get; init; }

    /// <summary>The certificate to show, with its private key; default: none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }
}
