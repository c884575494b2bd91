using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>What the host and an <c>sso</c> provider say to each other, as JSON: the provider's own types live in its load context.</summary>
internal static class SsoMessages
{
    public const string BeginLogin = "begin_login";
    public const string CompleteLogin = "complete_login";
    public const string BeginLogout = "begin_logout";
    public const string CompleteLogout = "complete_logout";
    public const string GetMetadata = "get_metadata";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public static byte[] Write<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);

    /// <exception cref="JsonException">The provider is not one for single sign-on.</exception>
    public static T Read<T>(ReadOnlySpan<byte> message)
        where T : class => JsonSerializer.Deserialize<T>(message, Json) ?? throw new JsonException($"A {typeof(T).Name} was null.");
}

/// <summary>Where browsers and the identity provider reach an integration.</summary>
internal sealed record SsoAddresses(string Metadata, string Acs, string Callback, string Slo, string Backchannel);

/// <summary>What arrived, as it arrived.</summary>
internal sealed record ArrivedMessage(bool IsPost, IReadOnlyDictionary<string, string> Fields, string RawQuery)
{
    /// <summary>What came back with it: the handle of whatever this side began, when it did.</summary>
    [JsonIgnore]
    public string? Handle => Fields.GetValueOrDefault("RelayState") ?? Fields.GetValueOrDefault("state");
}

/// <summary>What the browser has to send: a redirect without fields, else a form.</summary>
internal sealed record BrowserRequest(string Url, IReadOnlyDictionary<string, string> Fields);

internal sealed record BeginLoginInput(SsoAddresses Addresses, string Handle, string? LoginHint, bool ForceAuthn);

internal sealed record BeginLoginOutput(BrowserRequest Request, string Pending);

internal sealed record CompleteInput(SsoAddresses Addresses, ArrivedMessage Message, string? Pending);

/// <summary>Who has signed in.</summary>
internal sealed record CompleteLoginOutput(
    string Issuer, string Subject, JsonObject Claims, JsonObject Attributes, LoginSession Session, string LogoutState);

/// <summary>The session at the identity provider.</summary>
internal sealed record LoginSession(
    string? Index = null, DateTimeOffset? AuthenticatedAt = null, string? Context = null, DateTimeOffset? ExpiresAt = null);

internal sealed record BeginLogoutInput(SsoAddresses Addresses, string Handle, string LogoutState);

internal sealed record BeginLogoutOutput(BrowserRequest? Request = null, string? Pending = null);

internal sealed record CompleteLogoutOutput(EndedSessions? Ended = null, BrowserRequest? Reply = null);

/// <summary>Sessions that an identity provider ends.</summary>
internal sealed record EndedSessions(string Issuer, IReadOnlyList<string> Indexes, string? Subject = null);

internal sealed record GetMetadataInput(SsoAddresses Addresses);

/// <summary>Metadata of this side.</summary>
internal sealed record GetMetadataOutput(string ContentType, string Document);
