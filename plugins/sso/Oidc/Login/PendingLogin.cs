using System.Text.Json;
using System.Text.Json.Serialization;
using Vaka.Plugins.Sso.Oidc.Logout;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>What a login remembers until the answer arrives. The redirect URI names tenant and integration.</summary>
internal sealed record PendingLogin
{
    public required string State { get; init; }

    public required string Nonce { get; init; }

    public required string CodeVerifier { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required bool Forced { get; init; }

    public required string RedirectUri { get; init; }

    public static PendingLogin? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, OidcJson.Default.PendingLogin);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this, OidcJson.Default.PendingLogin);

    public override string ToString() => "[secret]";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PendingLogin))]
[JsonSerializable(typeof(PendingLogout))]
[JsonSerializable(typeof(RememberedLogin))]
internal sealed partial class OidcJson : JsonSerializerContext;
