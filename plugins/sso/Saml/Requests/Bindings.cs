using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;

namespace Vaka.Plugins.Sso.Saml.Requests;

/// <summary>How a message of ours travels through the browser.</summary>
internal static class Bindings
{
    public const string Request = "SAMLRequest";
    public const string Response = "SAMLResponse";

    /// <summary>Makes what the browser has to send.</summary>
    /// <param name="parameter"><see cref="Request"/> or <see cref="Response"/>.</param>
    /// <param name="message">The message; its destination is where the browser goes.</param>
    /// <param name="binding">How.</param>
    /// <param name="relayState">Comes back as it is; <c>null</c>: none.</param>
    /// <param name="key">Signs; <c>null</c>: unsigned.</param>
    public static BrowserRequest Send(string parameter, SamlMessage message, SamlBinding binding, string? relayState, SpKey? key) => binding switch
    {
        SamlBinding.Redirect => Redirect(parameter, message, relayState, key),
        SamlBinding.Post => Post(parameter, message, relayState, key),
    };

    /// <summary>Adds a parameter to an address.</summary>
    public static string WithQuery(string url, string query) => $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";

    // SAML bindings 3.4.4.1: the signature is over these octets of the query, in this order.
    private static BrowserRequest Redirect(string parameter, SamlMessage message, string? relayState, SpKey? key)
    {
        var query = new StringBuilder($"{parameter}={Uri.EscapeDataString(Convert.ToBase64String(Deflate(message.ToUtf8())))}");
        if (relayState is not null) query.Append("&RelayState=").Append(Uri.EscapeDataString(relayState));
        if (key is not null)
        {
            query.Append("&SigAlg=").Append(Uri.EscapeDataString(SamlNames.RsaSha256));
            using var rsa = key.Certificate.GetRSAPrivateKey() ?? throw new InvalidOperationException("Our key is there without its private part.");
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(query.ToString()), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            query.Append("&Signature=").Append(Uri.EscapeDataString(Convert.ToBase64String(signature)));
        }

        return new BrowserRequest { Url = WithQuery(message.Destination, query.ToString()) };
    }

    private static BrowserRequest Post(string parameter, SamlMessage message, string? relayState, SpKey? key)
    {
        var fields = new Dictionary<string, string>
        {
            [parameter] = Convert.ToBase64String(key is null ? message.ToUtf8() : EnvelopedSignature.Sign(message, key)),
        };
        if (relayState is not null) fields["RelayState"] = relayState;
        return new BrowserRequest { Url = message.Destination, Fields = fields };
    }

    private static byte[] Deflate(byte[] octets)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal)) deflate.Write(octets);
        return output.ToArray();
    }
}
