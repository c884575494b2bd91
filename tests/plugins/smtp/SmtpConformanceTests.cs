using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

public sealed class SmtpConformanceTests : ProviderConformanceTests<SmtpProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["smtp_host"] = "mail.example.com",
        ["from_email"] = "noreply@example.com",
        ["smtp_user"] = "noreply@example.com",
        ["smtp_password"] = "conformance-password",
        ["oauth2_token_url"] = "https://login.example.com/token",
        ["oauth2_client_id"] = "client",
        ["oauth2_client_secret"] = "conformance-client-secret",
        ["oauth2_refresh_token"] = "conformance-refresh-token",
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["send_email"] = new()
        {
            ["to"] = new JsonArray("Bob <bob@example.com>"),
            ["subject"] = "Hello",
            ["text"] = "Hi there",
            ["headers"] = new JsonObject { ["X-Test"] = "1" },
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["filename"] = "a.txt", ["content_type"] = "text/plain", ["content_base64"] = "SGk=",
            }),
        },
    };
}
