using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;
using Vaka.Plugins.Sso.Saml.Responses;
using Vaka.Plugins.Sso.Tests.Saml.Minting;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Saml;

/// <summary>This side of a login, up to the response: an integration that trusts <see cref="TestKeys.IdentityProvider"/>.</summary>
internal sealed class SamlLogin : IAsyncDisposable
{
    public SsoConfig Config { get; set; } = new() { Protocol = SsoProtocol.Saml };

    public IdentityProvider Provider { get; set; } = new()
    {
        EntityId = ResponseBuilder.EntityId, Certificates = [TestKeys.IdentityProvider], SsoUrl = "https://idp.test/sso",
    };

    public SpKeyRing Keys { get; set; } = new(new SpKey(TestKeys.Ours, 2), new SpKey(TestKeys.OursBefore, 1), null);

    /// <summary>What this browser's cookie holds.</summary>
    public PendingRequest? Pending { get; set; } = new(ResponseBuilder.Request, ResponseBuilder.Now.AddMinutes(-1));

    public SsoAddresses Addresses { get; set; } = new()
    {
        Metadata = ResponseBuilder.Audience, Acs = ResponseBuilder.Acs, Callback = "https://sp.test/callback", Slo = "https://sp.test/slo",
        Backchannel = "https://sp.test/backchannel",
    };

    public ProviderTestContext Test { get; } = new();

    public Task<CompleteLoginOutput> CompleteAsync(ResponseBuilder response) => CompleteAsync(response.Build());

    public Task<CompleteLoginOutput> CompleteAsync(string xml) => CompleteAsync(Encoding.UTF8.GetBytes(xml));

    public Task<CompleteLoginOutput> CompleteAsync(byte[] xml) => CompleteFieldAsync(Convert.ToBase64String(xml));

    public Task<CompleteLoginOutput> CompleteFieldAsync(string field, bool isPost = true) => LoginCompletion.RunAsync(
        new CompleteLoginInput
        {
            Addresses = Addresses, Pending = Pending?.ToJson(),
            Message = new ArrivedMessage { IsPost = isPost, Fields = new Dictionary<string, string> { ["SAMLResponse"] = field } },
        },
        Provider, Keys, Config, Test.Create(), CancellationToken.None);

    public Task<string> RefusedAsync(ResponseBuilder response) => RefusedAsync(response.Build());

    public Task<string> RefusedAsync(string xml) => RefusedAsync(() => CompleteAsync(xml));

    public Task<string> RefusedAsync(byte[] xml) => RefusedAsync(() => CompleteAsync(xml));

    /// <summary>The name of the check that refused.</summary>
    public async Task<string> RefusedAsync(Func<Task> login)
    {
        var exception = await Assert.ThrowsAsync<IntegrationException>(login);
        Assert.Equal((FailureKind.Rejected, Effect.None), (exception.Kind, exception.Effect));
        var step = Test.Steps[^1];
        Assert.False(step.Ok);
        Assert.Equal($"Login refused ({step.Name}): {step.Message}", exception.Message);
        Assert.DoesNotContain("alice", exception.Message, StringComparison.Ordinal);
        return step.Name;
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
