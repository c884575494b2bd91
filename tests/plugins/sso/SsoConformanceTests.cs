using System.Text.Json.Nodes;
using Vaka.Plugins.Sso.Tests.Oidc;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests;

public sealed class SsoOidcConformanceTests : ProviderConformanceTests<SsoProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    private const string Pending =
        """{"state":"handle-0123456789-abcdef","nonce":"n-0123456789","code_verifier":"v-0123456789","issued_at":"2026-01-01T11:59:00+00:00","forced":false,"redirect_uri":"https://vaka.test/sso/t1/i1/callback"}""";

    protected override JsonObject ValidConfig => new()
    {
        ["protocol"] = "oidc",
        ["issuer"] = "https://login.example.com/realms/acme",
        ["client_id"] = "vaka",
        ["client_secret"] = "client-secret-0123",
        ["attributes"] = new JsonArray(new JsonObject { ["target"] = "email", ["sources"] = new JsonArray("email") }),
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["begin_login"] = new() { ["addresses"] = Samples.Addresses, ["handle"] = OidcTest.Handle, ["login_hint"] = "a@acme.test" },
        ["complete_login"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["message"] = Samples.Message(isPost: false, new() { ["code"] = "code-0123456789", ["state"] = OidcTest.Handle }),
            ["pending"] = Pending,
        },
        ["begin_logout"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["handle"] = OidcTest.Handle,
            ["logout_state"] = """{"id_token":"e30.e30.e30","sub":"u-alice"}""",
        },
        ["complete_logout"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["message"] = Samples.Message(isPost: true, new() { ["logout_token"] = $"{IssuerTestKey.Encode("""{"alg":"RS256","kid":"k1"}""")}.e30.e30" }),
        },
        ["get_metadata"] = new() { ["addresses"] = Samples.Addresses },
    };
}

public sealed class SsoSamlConformanceTests : ProviderConformanceTests<SsoProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["protocol"] = "saml",
        ["idp_metadata_url"] = "https://idp.example.com/metadata",
        ["attributes"] = new JsonArray(new JsonObject { ["target"] = "email", ["sources"] = new JsonArray("email") }),
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["begin_login"] = new() { ["addresses"] = Samples.Addresses, ["handle"] = OidcTest.Handle, ["force_authn"] = true },
        ["begin_logout"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["handle"] = OidcTest.Handle,
            ["logout_state"] = """{"name_id":{"value":"u-alice"},"session_index":"s-1"}""",
        },
        ["complete_login"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["message"] = Samples.Message(isPost: true, new() { ["SAMLResponse"] = "PHI+PC9yPg==" }),
            ["pending"] = """{"id":"_1","issued_at":"2026-01-01T11:59:00+00:00"}""",
        },
        ["complete_logout"] = new()
        {
            ["addresses"] = Samples.Addresses,
            ["message"] = Samples.Message(isPost: true, new() { ["SAMLRequest"] = "PHI+PC9yPg==" }),
        },
        ["get_metadata"] = new() { ["addresses"] = Samples.Addresses },
    };
}

/// <summary>Pieces of inputs.</summary>
file static class Samples
{
    public static JsonObject Addresses => new()
    {
        ["metadata"] = OidcTest.Addresses.Metadata,
        ["acs"] = OidcTest.Addresses.Acs,
        ["callback"] = OidcTest.Addresses.Callback,
        ["slo"] = OidcTest.Addresses.Slo,
        ["backchannel"] = OidcTest.Addresses.Backchannel,
    };

    public static JsonObject Message(bool isPost, JsonObject fields) => new() { ["is_post"] = isPost, ["fields"] = fields };
}
