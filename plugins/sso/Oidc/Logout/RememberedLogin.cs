using System.Text.Json;
using Vaka.Plugins.Sso.Oidc.Login;

namespace Vaka.Plugins.Sso.Oidc.Logout;

/// <summary>What signing out will need of a login.</summary>
internal sealed record RememberedLogin
{
    public required string IdToken { get; init; }

    public required string Sub { get; init; }

    public string? Sid { get; init; }

    public static RememberedLogin Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, OidcJson.Default.RememberedLogin) ?? throw Unknown();
        }
        catch (JsonException)
        {
            throw Unknown();
        }
    }

    public string Write() => JsonSerializer.Serialize(this, OidcJson.Default.RememberedLogin);

    public override string ToString() => "[secret]";

    private static IntegrationException Unknown() => new(FailureKind.InvalidInput, "logout_state is not what complete_login answered.")
    {
        Effect = Effect.None,
        Errors = [new FieldError("logout_state", "It is not what complete_login answered.")],
    };
}

/// <summary>What a logout remembers until the browser is back.</summary>
internal sealed record PendingLogout
{
    public required string State { get; init; }

    public override string ToString() => "[secret]";
}
