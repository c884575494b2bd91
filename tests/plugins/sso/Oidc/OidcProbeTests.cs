using System.Text.Json.Nodes;
using Vaka.Plugins.Sso.Logins;

namespace Vaka.Plugins.Sso.Tests.Oidc;

public sealed class OidcProbeTests
{
    [Fact]
    public async Task Probe_GoodIssuer_IsHealthyAndSignsNobodyIn()
    {
        await using var test = await OidcTest.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await test.ProbeAsync()).Status);
        Assert.Equal(["discovery", "keys", "endpoints", "support"], test.Host.Steps.Select(step => step.Name));
        Assert.All(test.Host.Steps, step => Assert.True(step.Ok));
        Assert.All(test.Provider.Requests, request => Assert.Equal("GET", request.Method));
        await test.BeginAsync();
        Assert.Equal(2, test.Provider.Requests.Count);
    }

    [Fact]
    public async Task Probe_IssuerLacksSomething_Warns()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { Scopes = ["openid", "groups"] };
        test.Provider.Keys.Add(IssuerTestKey.Create("weak", bits: 1024));
        test.Provider.BendDiscovery = json =>
        {
            json["response_types_supported"] = new JsonArray("id_token");
            json["id_token_signing_alg_values_supported"] = new JsonArray("EdDSA");
            json["code_challenge_methods_supported"] = new JsonArray("plain");
        };
        var result = await test.ProbeAsync();
        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.All(["groups", "EdDSA", "S256", "code flow", "1024"], part => Assert.Contains(part, result.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probe_NoUsableKey_Fails()
    {
        await using var test = await OidcTest.StartAsync();
        test.Config = test.Config with { SigningAlgorithms = ["ES256"] };
        Assert.Equal(FailureKind.InvalidConfiguration, (await Assert.ThrowsAsync<IntegrationException>(test.ProbeAsync)).Kind);
        Assert.Equal(("keys", false), (test.Host.Steps[^1].Name, test.Host.Steps[^1].Ok));
    }

    [Fact]
    public async Task GetMetadata_OpenIdConnect_HasNone()
    {
        await using var test = await OidcTest.StartAsync();
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => SignInProtocol.Of(test.Config).GetMetadataAsync(
            new() { Addresses = OidcTest.Addresses }, test.Config, test.Host.Create(), CancellationToken.None));
        Assert.Equal((FailureKind.NotFound, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(OidcTest.Addresses.Callback, failure.Message, StringComparison.Ordinal);
    }
}
