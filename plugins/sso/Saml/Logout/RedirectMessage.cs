using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vaka.Plugins.Sso.Saml.Signatures;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Logout;

/// <summary>A message that came by redirect, with its signature beside it (SAML bindings 3.4.4.1). The signature is over the query's octets as
/// they arrived; the message is taken out of those same octets and from nowhere else (CVE-2025-27773: one message was verified and another one
/// read).</summary>
internal static class RedirectMessage
{
    private const string Check = "signature";
    private const int LongestQuery = 128 * 1024;
    private const int LongestSignature = 2048;
    private const string Deflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

    /// <summary>The message, out of the octets that were signed.</summary>
    /// <param name="query">As it arrived, without the question mark.</param>
    /// <param name="parameter">The one message that is expected in it.</param>
    /// <param name="certificates">The only keys that are trusted.</param>
    /// <param name="allowSha1">Whether SHA-1 is taken.</param>
    /// <exception cref="SamlRefusedException">It is not signed, has something twice or another message as well, or (check
    /// <c>signature_key</c>) is signed by nobody known.</exception>
    public static byte[] Verify(string query, string parameter, IReadOnlyList<X509Certificate2> certificates, bool allowSha1)
    {
        var raw = Pieces(query);
        if (raw.ContainsKey("SAMLREQUEST") == raw.ContainsKey("SAMLRESPONSE") || !raw.TryGetValue(parameter.ToUpperInvariant(), out var message))
        {
            throw new SamlRefusedException(Check, "The query has not exactly one message.");
        }

        if (raw.TryGetValue("SAMLENCODING", out var encoding) && WebUtility.UrlDecode(encoding) != Deflate)
        {
            throw new SamlRefusedException(Check, "The message is packed in a way that is not known.");
        }

        if (!raw.TryGetValue("SIGALG", out var name) || !raw.TryGetValue("SIGNATURE", out var signature))
        {
            throw new SamlRefusedException(Check, "The message is not signed. Have the identity provider sign its logout messages.");
        }

        var algorithm = SignatureAlgorithm.Find(WebUtility.UrlDecode(name), allowSha1)
            ?? throw new SamlRefusedException(
                "signature_profile", "The algorithm must be RSA or ECDSA with SHA-256 or better, unless the integration allows SHA-1.");
        var signed = Encoding.UTF8.GetBytes(raw.TryGetValue("RELAYSTATE", out var relayState)
            ? $"{parameter}={message}&RelayState={relayState}&SigAlg={name}"
            : $"{parameter}={message}&SigAlg={name}");
        var value = SamlEncoding.FromBase64(WebUtility.UrlDecode(signature), Check, LongestSignature);
        return certificates.Any(certificate => algorithm.Verify(certificate, signed, value) is true)
            ? SamlEncoding.Inflate(SamlEncoding.FromBase64(WebUtility.UrlDecode(message), "encoding"), "encoding")
            : throw new SamlRefusedException(
                "signature_key", $"It is signed by none of the {certificates.Count} known keys. Has the identity provider changed its certificate?");
    }

    // By decoded names in capitals: a reader who decodes, or who minds no case, finds the same pieces, and a second one is refused.
    private static Dictionary<string, string> Pieces(string query)
    {
        if (query.Length > LongestQuery) throw new SamlRefusedException(Check, "The query is too long.");
        var raw = new Dictionary<string, string>();
        foreach (var piece in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = piece.Split('=', 2) is [var left, var right] ? (left, right) : (piece, "");
            if (!raw.TryAdd(WebUtility.UrlDecode(name).ToUpperInvariant(), value))
            {
                throw new SamlRefusedException(Check, "The query has a parameter twice.");
            }
        }

        return raw;
    }
}
