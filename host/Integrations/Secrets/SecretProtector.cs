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
        if (envelope[CiphertextMember] is not JsonValue value || !value.TryGetValue<string>(out var ciphertext))
        {
            throw new SecretUndecryptableException($"The stored secret {path} is damaged.");
        }

        try
        {
            return ring.Unprotect(ciphertext, Purpose, integrationId.ToString("D"), path);
        }
        catch (CryptographicException exception)
        {
            throw new SecretUndecryptableException($"The stored secret {path} cannot be decrypted.", exception);
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
}

/// <summary>A stored secret cannot be read; the message names the path, never a value.</summary>
internal sealed class SecretUndecryptableException(string message, Exception? inner = null) : Exception(message, inner);
