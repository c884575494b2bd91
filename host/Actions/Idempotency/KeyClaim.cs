using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>What a caller claims with a key: its own, and for one call only.</summary>
/// <param name="Scope"><see cref="IdempotencyKey.Scope"/>.</param>
/// <param name="RequestHash"><see cref="IdempotencyKey.RequestHash"/>.</param>
internal sealed record KeyClaim(string Scope, string RequestHash)
{
    private const int Longest = 255;

    /// <summary>The claim that a request with a key makes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isDurable">Its caller does not wait for what comes of it. Under one key that is another call.</param>
    /// <param name="notBefore">When it may begin; <c>null</c>: at once.</param>
    /// <exception cref="ProblemException">The key is none.</exception>
    public static KeyClaim Of(ActionRequest request, bool isDurable, DateTimeOffset? notBefore = null)
    {
        var key = request.IdempotencyKey ?? throw new ArgumentException("The request has no key.", nameof(request));
        Check(key);
        return new KeyClaim(
            Hash(request.Caller.TenantId?.ToString(), request.Caller.Name, request.Type, request.Action, key),
            Hash(isDurable ? "durable" : "synchronous", notBefore?.ToUniversalTime().ToString("O"), request.Integration, Canonical(request.Input)));
    }

    /// <exception cref="ProblemException">It is no key.</exception>
    public static void Check(string key)
    {
        if (key.Length is >= 1 and <= Longest && !key.AsSpan().ContainsAnyExceptInRange(' ', '~')) return;
        throw new ProblemException(ProblemCode.InvalidRequest, $"An idempotency key has 1 to {Longest} printable ASCII characters. A UUID is a good one.");
    }

    // As one document, so that no part can run into the next one.
    private static string Hash(params string?[] parts) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)));

    // A client that sends its call again may write the same JSON in another way. What is no JSON, or not for everybody the same, is refused later.
    private static string Canonical(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span) is { } node ? CanonicalJson.Of(node) : "null";
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return Convert.ToBase64String(json.Span);
        }
    }
}
