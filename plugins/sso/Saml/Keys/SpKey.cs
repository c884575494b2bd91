using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Keys;

/// <summary>A key of ours. The certificate has the private RSA key with it.</summary>
internal sealed record SpKey(X509Certificate2 Certificate, int Number);
