using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Api.Document;

/// <summary>A body for each operation that takes one, such as somebody would send. Written as JSON, so that it is read as it is sent.</summary>
internal static class BodyExamples
{
    private const string Integration = """
        {"name":"Company mail","integration_type":"smtp","config":{"smtp_host":"mail.example.com","smtp_port":587,"smtp_user":"noreply@example.com",
        "smtp_password":"correct horse","from_email":"noreply@example.com"}}
        """;

    private const string Document = """
        {"format":"vaka.integrations/1","scope":"tenant","integrations":[{"name":"Orders","integration_type":"webhook","is_active":false,
        "config":{"url":"https://shop.example.com/hook"}}]}
        """;

    private const string Smtp = """{"smtp_host":"mail.example.com","smtp_port":587,"from_email":"noreply@example.com"}""";

    private const string Sso = """
        {"protocol":"oidc","issuer":"https://login.example.com","client_id":"vaka","client_secret":"correct horse"}
        """;

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["ListFieldOptions"] = """{"integration":"Company Slack","query":"gen"}""",
        ["CreateIntegration"] = Integration,
        ["ReplaceIntegration"] = Integration,
        ["PatchIntegration"] = """{"config":{"smtp_port":465},"limits":{"max_calls_per_minute":600}}""",
        ["TestUnsavedIntegration"] = $$"""{"integration_type":"smtp","config":{{Smtp}}}""",
        ["PutSMTPSettings"] = Smtp,
        ["TestSMTPSettings"] = Smtp,
        ["PutSSOSettings"] = Sso,
        ["TestSSOSettings"] = Sso,
        ["BeginSSOLogin"] = """
            {"return_to":"https://shop.example.com/signed-in","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM","state":"af0ifjsldkj"}
            """,
        ["RedeemSSOCode"] = """{"code":"SplxlOBeZQQYbYS6WxSbIA","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}""",
        ["DiscoverSSO"] = """{"email":"alice@example.com"}""",
        ["VerifySSODomain"] = """{"integration":"Company login","domain":"example.com"}""",
        ["EndSSOSession"] = """{"session_id":"019aa0d2-5a3e-7c11-9f0e-3c1b2a4d5e6f"}""",
        ["InvokeAction"] = """{"input":{"to":["alice@example.com"],"subject":"Hello","text":"It works."}}""",
        ["AgenticSendEmail"] = """{"to":"alice@example.com","subject":"Hello","body":"It works."}""",
        ["AgenticPushData"] = """{"data":{"order":4711}}""",
        ["ReplayIntegrationExecutions"] = """{"states":["dead","parked"],"since":"2026-01-31T09:00:00Z","until":"2026-01-31T11:00:00Z"}""",
        ["ReplaceIntegrationPolicies"] = """{"policies":[{"channel":"mcp","action":"send_email","effect":"ask"}]}""",
        ["ApproveExecution"] = """{"input_sha256":"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}""",
        ["DenyExecution"] = """{"reason":"Not before the release."}""",
        ["ExportSealedIntegrations"] = """{"format":"json","passphrase":"correct horse battery staple"}""",
        ["PlanIntegrations"] = Document,
        ["ApplyIntegrations"] = Document,
        ["CreateApiKey"] = """{"name":"shop","role":"service"}""",
    };

    public static JsonNode? Find(string operation) => Bodies.TryGetValue(operation, out var body) ? JsonNode.Parse(body) : null;

    public static JsonNode Problem => JsonNode.Parse("""
        {"type":"about:blank","title":"Conflict","status":409,"code":"integration_not_configured",
        "detail":"SMTP integration not configured. Please configure in /integrations page.","trail":[]}
        """) ?? new JsonObject();
}
