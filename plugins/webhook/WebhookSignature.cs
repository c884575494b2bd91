using System.Security.Cryptography;

namespace Vaka.Plugins.Webhook;

/// <summary>Signs by Standard Webhooks, symmetric (v1).</summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
internal sealed class WebhookSignature
{
    private const string Prefix = "whsec_";

    private readonly byte[] current;
    private readonly byte[]? previous;
    private readonly DateTimeOffset previousValidUntil;

    private WebhookSignature(byte[] current, byte[]? previous, DateTimeOffset previousValidUntil) =>
        (this.current, this.previous, this.previousValidUntil) = (current, previous, previousValidUntil);

    /// <summary><c>null</c> where nothing is to be signed.</summary>
    public static WebhookSignature? Of(WebhookConfig config) =>
        config.SigningSecret is null || KeyOf(config.SigningSecret) is not { } current
            ? null
            : new(
                current,
                config.PreviousSigningSecret is null ? null : KeyOf(config.PreviousSigningSecret),
                config.PreviousValidUntil ?? DateTimeOffset.MinValue);

    /// <summary>The bytes of a <c>whsec_</c> secret; <c>null</c> when it is not one of 24 to 64 bytes.</summary>
    public static byte[]? KeyOf(SecretString secret)
    {
        var text = secret.Reveal();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var key = new byte[text.Length];
        return Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
    }

    /// <summary>The value of <c>webhook-signature</c> for <c>id.timestamp.body</c>. During a rotation it holds both signatures.</summary>
    public string Sign(ReadOnlySpan<byte> signed, DateTimeOffset now)
    {
        var signature = SignWith(current, signed);
        return previous is not null && now < previousValidUntil ? $"{signature} {SignWith(previous, signed)}" : signature;
    }

    private static string SignWith(byte[] key, ReadOnlySpan<byte> signed)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, mac);
        return "v1," + Convert.ToBase64String(mac);
    }
}
