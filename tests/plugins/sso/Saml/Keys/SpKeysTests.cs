using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Saml.Keys;

public sealed class SpKeysTests : IAsyncDisposable
{
    private readonly ProviderTestContext test = new(new SsoProvider());
    private readonly SsoConfig config = new() { Protocol = SsoProtocol.Saml };

    [Fact]
    public async Task GetAsync_TwoNodesAtOnce_OneKey()
    {
        // Each has resources of its own, the state they share; neither goes on before both have seen that there is no key.
        await using var one = new ProviderTestContext(new SsoProvider());
        await using var other = new ProviderTestContext(new SsoProvider());
        var state = new MeetingState(test.State);

        var rings = await Task.WhenAll(new[] { one, other }.Select(node => SpKeys.GetAsync(config, With(state, node), CancellationToken.None).AsTask()));

        Assert.Single(rings.Select(ring => ring.Current.Certificate.Thumbprint).Distinct());
    }

    [Fact]
    public async Task GetAsync_FirstNumber_HasNeitherPreviousNorNext()
    {
        var ring = await GetAsync(config);

        Assert.Equal(1, ring.Current.Number);
        Assert.Null(ring.Next);
        Assert.Equal(ring.Current, Assert.Single(ring.All));
        Assert.True(ring.Current.Certificate.HasPrivateKey);
        Assert.Equal(2048, ring.Current.Certificate.PublicKey.GetRSAPublicKey()!.KeySize);
    }

    [Fact]
    public async Task GetAsync_AnnouncedThenRaised_TheNextBecomesTheCurrentAndTheOldStillDecrypts()
    {
        var first = await GetAsync(config);
        var announced = await GetAsync(config with { AnnounceNextKey = true });
        var raised = await GetAsync(config with { KeyNumber = 2 });

        Assert.Equal([1, 2], announced.All.Select(key => key.Number));
        Assert.Equal(announced.Next!.Certificate.Thumbprint, raised.Current.Certificate.Thumbprint);
        Assert.Equal([2, 1], raised.All.Select(key => key.Number));
        Assert.Equal(first.Current.Certificate.Thumbprint, raised.All[1].Certificate.Thumbprint);
    }

    [Fact]
    public async Task ExpiryAsync_NotNeededYet_MakesNone()
    {
        Assert.Null(await SpKeys.ExpiryAsync(config, test.Create(), CancellationToken.None));
        await GetAsync(config);
        Assert.Equal(2036, (await SpKeys.ExpiryAsync(config, test.Create(), CancellationToken.None))!.Value.Year);
    }

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private Task<SpKeyRing> GetAsync(SsoConfig of) => SpKeys.GetAsync(of, test.Create(), CancellationToken.None).AsTask();

    private static IntegrationContext With(IIntegrationState state, ProviderTestContext node)
    {
        var own = node.Create();
        return new IntegrationContext
        {
            IntegrationId = own.IntegrationId, Scope = own.Scope, DeduplicationKey = own.DeduplicationKey, Http = own.Http, Network = own.Network,
            Logger = own.Logger, Clock = own.Clock, Services = own.Services, OneTime = own.OneTime, State = state, Resources = new OwnResources(own),
        };
    }

    private sealed class OwnResources(IntegrationContext own) : IIntegrationResources
    {
        public ValueTask<T> GetOrCreateAsync<T>(string key, Func<ResourceScope, CancellationToken, ValueTask<T>> create, CancellationToken cancellationToken)
            where T : class => own.GetOrCreateResourceAsync(key, create, cancellationToken);
    }

    private sealed class MeetingState(IIntegrationState shared) : IIntegrationState
    {
        private readonly TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int readers;

        public async Task<string?> GetAsync(string key, SecretString? descendsFrom, CancellationToken cancellationToken)
        {
            var value = await shared.GetAsync(key, descendsFrom, cancellationToken);
            if (Interlocked.Increment(ref readers) == 2) both.SetResult();
            await both.Task;
            return value;
        }

        public Task<string?> UpdateAsync(
            string key, SecretString? descendsFrom, Func<string?, CancellationToken, Task<string?>> next, CancellationToken cancellationToken) =>
            shared.UpdateAsync(key, descendsFrom, next, cancellationToken);
    }
}
