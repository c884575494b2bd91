using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Webhook.Tests;

public sealed class WebhookConformanceTests : ProviderConformanceTests<WebhookProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["url"] = "https://hooks.example.com/orders",
        ["secret_headers"] = new JsonObject { ["X-Api-Key"] = "header-secret" },
        ["auth"] = new JsonObject { ["type"] = "bearer", ["token"] = "bearer-secret" },
        ["signing_secret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ["previous_signing_secret"] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        ["previous_valid_until"] = "2100-01-01T00:00:00Z",
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["push_data"] = new() { ["data"] = new JsonObject { ["order"] = 7 } },
    };
}
