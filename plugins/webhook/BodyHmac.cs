using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Webhook;

/// <summary>The header of <c>auth</c> type <c>hmac</c>: an HMAC of the body as it is sent.</summary>
internal sealed class BodyHmac(HmacAuth auth)
{
    private readonly byte[] key = Encoding.UTF8.GetBytes(auth.Secret.Reveal());

    public string Header => auth.Header;

    public string Sign(ReadOnlySpan<byte> body)
    {
        var mac = auth.Algorithm is "sha512" ? HMACSHA512.HashData(key, body) : HMACSHA256.HashData(key, body);
        return auth.Encoding switch
        {
            "base64" => Convert.ToBase64String(mac),
            "hex" => Convert.ToHexStringLower(mac),
            _ => $"{auth.Algorithm}={Convert.ToHexStringLower(mac)}", // https://www.w3.org/TR/websub/#signing-content
        };
    }
}
