using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Encrypts the secrets of a config, each bound to its integration and path, so that a ciphertext copied elsewhere does not
/// decrypt.</summary>
internal sealed class SecretProtector
{
    /// <summary>The envelope <c>{"$secret": ciphertext, "fingerprint": "k1:…", "updated_at": "…"}</c>.</summary>
    public JsonObject Protect(Guid integrationId, Guid? tenantId, string path, string value) => throw new NotImplementedException();

    /// <exception cref="SecretUndecryptableException">Wrong key, wrong place or damaged.</exception>
    public string Unprotect(Guid integrationId, string path, JsonObject envelope) => throw new NotImplementedException();

    /// <summary>A keyed hash that shows whether two secrets of one tenant are the same, and nothing else.</summary>
    public string Fingerprint(Guid? tenantId, string value) => throw new NotImplementedException();

    public static bool IsEnvelope(JsonNode? node) => node is JsonObject envelope && envelope.ContainsKey("$secret");
}

/// <summary>A stored secret cannot be read; the message names the path, never a value.</summary>
internal sealed class SecretUndecryptableException(string message, Exception? inner = null) : Exception(message, inner);
