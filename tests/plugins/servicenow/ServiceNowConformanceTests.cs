using System.Text.Json.Nodes;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.ServiceNow.Tests;

public sealed class ServiceNowConformanceTests : ProviderConformanceTests<ServiceNowProvider>
{
    protected override Grade ExpectedGrade => Grade.Gold;

    protected override JsonObject ValidConfig => new()
    {
        ["instance_url"] = "https://acme.service-now.com",
        ["auth"] = new JsonObject
        {
            ["type"] = "oauth2_password", ["client_id"] = "client", ["client_secret"] = "conformance-client-secret",
            ["username"] = "vaka", ["password"] = "conformance-password",
        },
        ["default_caller"] = "6816f79cc0a8016401c5a33be04be441",
    };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => ServiceNowTest.Inputs;
}
