using System.Text.Json;
using Vaka.Plugins.Sso.Oidc.Wire;

namespace Vaka.Plugins.Sso.Oidc.Issuer;

/// <summary>What the issuer says of itself (OpenID Connect Discovery 1.0, RFC 8414). Lists are <c>null</c> where it says nothing.</summary>
internal sealed record IssuerDocument
{
    private const string WellKnown = "/.well-known/openid-configuration";

    public required string Issuer { get; init; }

    public required string AuthorizationEndpoint { get; init; }

    public required string TokenEndpoint { get; init; }

    public required string JwksUri { get; init; }

    public string? UserinfoEndpoint { get; init; }

    public string? EndSessionEndpoint { get; init; }

    /// <summary>RFC 9207: every answer of the authorization endpoint names the issuer.</summary>
    public bool NamesItselfInAnswers { get; init; }

    public IReadOnlyList<string>? ClientAuthentications { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<string>? Algorithms { get; init; }

    public IReadOnlyList<string>? ChallengeMethods { get; init; }

    public IReadOnlyList<string>? ResponseTypes { get; init; }

    /// <summary>Where the document of an issuer is; a slash at its end is not doubled.</summary>
    public static string AddressOf(string issuer) => issuer.TrimEnd('/') + WellKnown;

    /// <exception cref="IntegrationException">It is not this issuer's, or lacks what a login needs.</exception>
    public static IssuerDocument Read(JsonElement json, string issuer)
    {
        var named = json.Text("issuer") ?? throw OidcFailures.InvalidConfiguration("The discovery document names no issuer.");
        if (!named.Equals(issuer, StringComparison.Ordinal)) throw IssuerMismatch.Of(issuer, named);
        return new()
        {
            Issuer = named,
            AuthorizationEndpoint = Required(json, "authorization_endpoint"),
            TokenEndpoint = Required(json, "token_endpoint"),
            JwksUri = Required(json, "jwks_uri"),
            UserinfoEndpoint = Endpoint(json, "userinfo_endpoint"),
            EndSessionEndpoint = Endpoint(json, "end_session_endpoint"),
            NamesItselfInAnswers = json.TryGetProperty("authorization_response_iss_parameter_supported", out var names)
                && names.ValueKind is JsonValueKind.True,
            ClientAuthentications = json.Texts("token_endpoint_auth_methods_supported"),
            Scopes = json.Texts("scopes_supported"),
            Algorithms = json.Texts("id_token_signing_alg_values_supported"),
            ChallengeMethods = json.Texts("code_challenge_methods_supported"),
            ResponseTypes = json.Texts("response_types_supported"),
        };
    }

    private static string Required(JsonElement json, string name) =>
        Endpoint(json, name) ?? throw OidcFailures.InvalidConfiguration($"The discovery document names no {name}, which a login needs.");

    private static string? Endpoint(JsonElement json, string name)
    {
        if (!json.Has(name)) return null;
        var address = json.Text(name) ?? "";
        return OidcAddress.ProblemOf(address) is { } problem
            ? throw OidcFailures.InvalidConfiguration($"The {name} of the discovery document {problem}.")
            : address;
    }
}
