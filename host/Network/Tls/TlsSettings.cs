using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Network.Tls;

/// <summary>How every TLS connection is made. Nothing is downloaded to judge a certificate, since downloads would leave around the
/// guard.</summary>
/// <param name="clock">Judges the dates of pinned certificates.</param>
/// <param name="roots">Trusted instead of the system's roots; for tests.</param>
internal sealed class TlsSettings(TimeProvider clock, X509Certificate2Collection? roots = null)
{
    /// <param name="host">The name to ask for and to check; <c>null</c>: an HTTP handler fills it in for each connection.</param>
    /// <param name="options">What the integration asks of TLS.</param>
    public SslClientAuthenticationOptions Create(string? host, TlsOptions options)
    {
        var name = host is null ? null : HostName.Parse(host).Text;
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = CreateChainPolicy(),
            RemoteCertificateValidationCallback = new CertificateCheck(name, options.PinnedCertificate, clock).Validate,

            // A resumed session skips what the pin and the client certificate are there to show.
            AllowTlsResume = options is { PinnedCertificate: null, ClientCertificate: null },
        };
        if (options.ClientCertificate is { } certificate)
        {
            // Offline: its issuers are not looked for either.
            settings.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        return settings;
    }

    private X509ChainPolicy CreateChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }
}
