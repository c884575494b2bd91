using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Encrypts the secrets of a config, each bound to its integration and path, so that a ciphertext copied elsewhere does not
/// decrypt.</summary>
internal sealed class SecretProtector(KeyRing ring, SecretAnchors anchors, TimeProvider time)
{
    public const string CiphertextMember = "$secret";
    public const string FingerprintMember = "fingerprint";
    public const string UpdatedAtMember = "updated_at";
    private const string Purpose = "integration-secret";
    private const int FingerprintBytes = 4;

    /// <summary>The envelope <c>{"$secret": ciphertext, "fingerprint": "k1:…", "updated_at": "…"}</c>.</summary>
    public JsonObject Protect(Guid integrationId, Guid? tenantId, string path, string value) => new()
    {
        [CiphertextMember] = ring.Protect(value, Purpose, integrationId.ToString("D"), path),
        [FingerprintMember] = Fingerprint(tenantId, value),
        [UpdatedAtMember] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    /// <exception cref="SecretUndecryptableException">Wrong key, wrong place or damaged.</exception>
    public string Unprotect(Guid integrationId, string path, JsonObject envelope)
    {
        var ciphertext = Ciphertext(path, envelope);
        try
        {
            return ring.Unprotect(ciphertext, Purpose, integrationId.ToString("D"), path);
        }
        catch (CryptographicException exception)
        {
            throw Undecryptable(path, exception);
        }
    }

    /// <summary>Puts an envelope under the active key of the ring. Its fingerprint and its date stay, since the secret does.</summary>
    /// <returns><c>false</c>: it was under that key already.</returns>
    /// <exception cref="SecretUndecryptableException">As <see cref="Unprotect"/>.</exception>
    public bool Renew(Guid integrationId, string path, JsonObject envelope)
    {
        var ciphertext = Ciphertext(path, envelope);
        try
        {
            if (ring.Renew(ciphertext, Purpose, integrationId.ToString("D"), path) is not { } renewed) return false;
            envelope[CiphertextMember] = renewed;
            return true;
        }
        catch (CryptographicException exception)
        {
            throw Undecryptable(path, exception);
        }
    }

    /// <summary>A keyed hash that shows whether two secrets of one tenant are the same, and nothing else. The <c>k1</c> in front of it is
    /// the number of the anchor that its key derives from: only fingerprints with the same number can be compared.</summary>
    public string Fingerprint(Guid? tenantId, string value)
    {
        var (id, anchor) = anchors.Current;
        var scope = tenantId is { } tenant ? $"tenant {tenant:D}" : "platform";
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, anchor, 32, info: Encoding.UTF8.GetBytes($"secret fingerprint, {scope}"));
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(value));
        return $"k{id}:{Convert.ToHexStringLower(hash.AsSpan(0, FingerprintBytes))}";
    }

    public static bool IsEnvelope(JsonNode? node) => node is JsonObject envelope && envelope.ContainsKey(CiphertextMember);

    private static string Ciphertext(string path, JsonObject envelope) =>
        envelope[CiphertextMember] is JsonValue value && value.TryGetValue<string>(out var ciphertext)
            ? ciphertext
            : throw new SecretUndecryptableException($"The stored secret {path} is damaged.");

    private static SecretUndecryptableException Undecryptable(string path, Exception cause) =>
        new($"The stored secret {path} cannot be decrypted.", cause);
}

/// <summary>A stored secret cannot be read; the message names the path, never a value.</summary>
internal sealed class SecretUndecryptableException(string message, Exception? inner = null) : Exception(message, inner);
