using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Signatures;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Logout;

/// <summary>From what arrived to a logout message whose signature is good. The only way to one.</summary>
internal static class SignedLogout
{
    public static async Task<LogoutMessage> ReadAsync(
        ArrivedMessage arrived, string parameter, IdentityProvider provider, SsoConfig config, IntegrationContext context,
        CancellationToken cancellationToken)
    {
        try
        {
            return new LogoutMessage(Verify(arrived, parameter, provider, config));
        }
        catch (SamlRefusedException exception) when (exception.Check == "signature_key")
        {
            if (await IdentityProviders.RefreshAsync(config, context, cancellationToken).ConfigureAwait(false) is not { } newer) throw;
            return new LogoutMessage(Verify(arrived, parameter, newer, config));
        }
    }

    private static XmlElement Verify(ArrivedMessage arrived, string parameter, IdentityProvider provider, SsoConfig config) => arrived.IsPost
        ? SignedOctets.Verify(
            SamlXml.Parse(SamlEncoding.FromBase64(arrived.Fields[parameter], "encoding")).Root, provider.Certificates, config.AllowSha1).Element
        : SamlXml.Parse(RedirectMessage.Verify(arrived.RawQuery, parameter, provider.Certificates, config.AllowSha1)).Root;
}
