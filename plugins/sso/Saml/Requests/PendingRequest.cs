using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Sso.Saml.Requests;

/// <summary>What has to be known when the answer to a request arrives.</summary>
internal sealed record PendingRequest(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("issued_at")] DateTimeOffset IssuedAt)
{
    /// <summary>Made of 128 random bits, so that nobody can answer a request that he has not seen.</summary>
    public static PendingRequest New(TimeProvider clock) =>
        new($"_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16))}", clock.GetUtcNow());

    public string ToJson() => JsonSerializer.Serialize(this);
}
