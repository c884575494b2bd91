using System.Text.Json.Nodes;

namespace Vaka_Template.Tests;

/// <summary>What the host expects of every provider.</summary>
public sealed class VendorConformanceTests : ProviderConformanceTests<VendorProvider>
{
    protected override JsonObject ValidConfig => new() { ["url"] = "https://api.example.com/", ["api_key"] = "a-key-for-tests" };

    protected override IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>
    {
        ["send_event"] = new() { ["summary"] = "Something happened." },
    };
}
