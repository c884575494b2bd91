using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Oidc;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Oidc;

/// <summary>One OpenID Connect integration and its provider.</summary>
internal sealed class OidcTest : IAsyncDisposable
{
    public const string Secret = "client secret: 100% ä";
    public const string Handle = "handle-0123456789-abcdef";

    private readonly OidcProtocol protocol = new();

    private OidcTest(ProviderTestContext host, BentProvider provider)
    {
        (Host, Provider) = (host, provider);
        Config = new()
        {
            Protocol = SsoProtocol.Oidc,
            Issuer = provider.Issuer,
            ClientId = BentProvider.Client,
            ClientSecret = new SecretString(Secret),
        };
    }

    public static SsoAddresses Addresses { get; } = new()
    {
        Metadata = "https://vaka.test/sso/t1/i1/metadata",
        Acs = "https://vaka.test/sso/t1/i1/acs",
        Callback = "https://vaka.test/sso/t1/i1/callback",
        Slo = "https://vaka.test/sso/t1/i1/slo",
        Backchannel = "https://vaka.test/sso/t1/i1/backchannel",
    };

    public ProviderTestContext Host { get; }

    public BentProvider Provider { get; }

    public SsoConfig Config { get; set; }

    public static async Task<OidcTest> StartAsync()
    {
        var host = new ProviderTestContext(new SsoProvider());
        return new(host, await BentProvider.StartAsync(host.Clock));
    }

    public Task<BeginLoginOutput> BeginAsync(bool force = false, string? hint = null) => protocol.BeginLoginAsync(
        new() { Addresses = Addresses, Handle = Handle, ForceAuthn = force, LoginHint = hint }, Config, Host.Create(), CancellationToken.None);

    public Task<CompleteLoginOutput> CompleteAsync(Dictionary<string, string> fields, string? pending, SsoAddresses? addresses = null) =>
        protocol.CompleteLoginAsync(
            new() { Addresses = addresses ?? Addresses, Message = new() { IsPost = false, Fields = fields }, Pending = pending },
            Config,
            Host.Create(),
            CancellationToken.None);

    /// <summary>Begins, lets the provider answer, and completes.</summary>
    public async Task<CompleteLoginOutput> LoginAsync(bool force = false, Action<Dictionary<string, string>>? bend = null)
    {
        var begun = await BeginAsync(force);
        var fields = Provider.Authorize(begun.Request.Url);
        bend?.Invoke(fields);
        return await CompleteAsync(fields, begun.Pending);
    }

    /// <summary>A login that must be refused by this check, and by no other before.</summary>
    public Task<IntegrationException> RefusedAsync(string check, bool force = false, Action<Dictionary<string, string>>? bend = null) =>
        RefusedAsync(check, () => LoginAsync(force, bend));

    public async Task<IntegrationException> RefusedAsync(string check, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<IntegrationException>(call);
        Assert.Equal(FailureKind.Rejected, refusal.Kind);
        Assert.Equal(Effect.None, refusal.Effect);
        Assert.StartsWith($"Login refused ({check}): ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(check, Host.Steps[^1].Name);
        Assert.False(Host.Steps[^1].Ok);
        AssertNothingLeaks(refusal.Message);
        return refusal;
    }

    public Task<BeginLogoutOutput> BeginLogoutAsync(string state) => protocol.BeginLogoutAsync(
        new() { Addresses = Addresses, Handle = Handle, LogoutState = state }, Config, Host.Create(), CancellationToken.None);

    public Task<CompleteLogoutOutput> CompleteLogoutAsync(bool isPost, Dictionary<string, string> fields, string? pending = null) =>
        protocol.CompleteLogoutAsync(
            new() { Addresses = Addresses, Message = new() { IsPost = isPost, Fields = fields }, Pending = pending },
            Config,
            Host.Create(),
            CancellationToken.None);

    public Task<CompleteLogoutOutput> BackchannelAsync(string token) => CompleteLogoutAsync(isPost: true, new() { ["logout_token"] = token });

    public Task<ProbeResult> ProbeAsync() => protocol.ProbeAsync(Config, Host.Create(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private void AssertNothingLeaks(string message)
    {
        string[] secrets = [Secret, BentProvider.AccessToken, BentProvider.Code, BentProvider.Subject, "alice@acme.test", Provider.Nonce ?? "no nonce yet"];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, message, StringComparison.Ordinal));
        Assert.All(Host.Steps, step => Assert.All(secrets, secret => Assert.DoesNotContain(secret, step.Message, StringComparison.Ordinal)));
        Host.Log.AssertNever(secrets);
    }
}
