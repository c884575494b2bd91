using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Takes the secrets of a whole config in and out of their envelopes.</summary>
internal sealed class ConfigSecrets
{
    /// <summary>A copy of a stored config with every envelope replaced by its plain value, ready to be bound. Never keep or log it.</summary>
    /// <exception cref="SecretUndecryptableException">One of them cannot be read.</exception>
    public JsonObject Reveal(Guid integrationId, JsonObject stored) => throw new NotImplementedException();
}
