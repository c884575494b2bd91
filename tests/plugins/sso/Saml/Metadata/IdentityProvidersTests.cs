using System.Net;
using System.Text;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Saml.Metadata;

/// <summary>Where what is believed of the identity provider comes from, and that a login never depends on its metadata being reachable.</summary>
public sealed class IdentityProvidersTests : IAsyncDisposable
{
    private const string Url = "https://idp.test/metadata";

    private readonly StubHttp wire = new();
    private readonly ProviderTestContext test;
    private SsoConfig config = new() { Protocol = SsoProtocol.Saml, IdpMetadataUrl = Url };

    public IdentityProvidersTests() => test = new ProviderTestContext(new SsoProvider()) { Network = wire.AsNetwork() };

    [Fact]
    public async Task GetAsync_FirstLogin_FetchesOnceForAllNodes()
    {
        wire.Next(Metadata());

        var first = await GetAsync();
        await test.DropResourcesAsync(); // another node, or the same after a restart
        var second = await GetAsync();

        Assert.Single(wire.Requests);
        Assert.Equal("https://idp.test", first.EntityId);
        Assert.Equal("https://idp.test/sso", second.SsoUrl);
        Assert.Equal("https://idp.test/slo-answer", second.SloResponseUrl);
    }

    [Fact]
    public async Task GetAsync_PostPreferred_TakesThatEndpoint()
    {
        wire.Next(Metadata());
        config = config with { RequestBinding = SamlBinding.Post };

        var provider = await GetAsync();

        Assert.Equal((SamlBinding.Post, "https://idp.test/sso-post"), (provider.SsoBinding, provider.SsoUrl));
        Assert.Equal((SamlBinding.Redirect, "https://idp.test/slo"), (provider.SloBinding, provider.SloUrl));
    }

    [Fact]
    public async Task GetAsync_ExplicitFields_WinOverMetadata()
    {
        var own = MetadataText.NewCertificate();
        config = config with
        {
            IdpMetadataUrl = "https://never.asked.test", IdpMetadataXml = MetadataText.Entity("https://idp.test"), IdpCertificates = MetadataText.Pem(own),
            IdpSsoUrl = "https://idp.test/explicit", RequestBinding = SamlBinding.Post, IdpSloUrl = "https://idp.test/explicit-slo",
        };

        var provider = await GetAsync();

        Assert.Empty(wire.Requests);
        Assert.Equal(own, Convert.ToBase64String(Assert.Single(provider.Certificates).RawData));
        Assert.Equal((SamlBinding.Post, "https://idp.test/explicit"), (provider.SsoBinding, provider.SsoUrl));
        Assert.Equal("https://idp.test/explicit-slo", provider.SloUrl);
        Assert.Null(provider.SloResponseUrl);
    }

    [Fact]
    public async Task GetAsync_OtherNodeRefreshed_IsSeenWithinSeconds()
    {
        var next = MetadataText.NewCertificate();
        wire.Next(Metadata(), Metadata(certificates: [MetadataText.CertificateBase64, next]));
        Assert.Single((await GetAsync()).Certificates);
        await MetadataRefresh.RunAsync(config, test.Create(), CancellationToken.None);

        Assert.Single((await GetAsync()).Certificates);
        test.FakeClock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(2, (await GetAsync()).Certificates.Count);
    }

    [Fact]
    public async Task GetAsync_AnotherUrl_ForgetsTheCopyOfTheOld()
    {
        wire.Next(Metadata(), Metadata("https://other.test"));
        await GetAsync();
        config = config with { IdpMetadataUrl = "https://other.test/metadata" };
        await test.DropResourcesAsync();

        Assert.Equal("https://other.test", (await GetAsync()).EntityId);
    }

    [Fact]
    public async Task RefreshAsync_NewKey_IsFetchedAtMostOnceInFiveMinutes()
    {
        var next = MetadataText.NewCertificate();
        wire.Next(Metadata(), Metadata(), Metadata(certificates: [next]));
        await GetAsync();

        Assert.Null(await RefreshAsync()); // the same as before
        Assert.Null(await RefreshAsync());
        Assert.Equal(2, wire.Requests.Count);
        test.FakeClock.Advance(TimeSpan.FromMinutes(5));
        var newer = await RefreshAsync();

        Assert.Equal(3, wire.Requests.Count);
        Assert.Equal(next, Convert.ToBase64String(Assert.Single(newer!.Certificates).RawData));
        Assert.Equal(next, Convert.ToBase64String(Assert.Single((await GetAsync()).Certificates).RawData));
    }

    [Fact]
    public async Task RefreshAsync_PinnedCertificates_NeverFetches()
    {
        wire.Next(Metadata());
        config = config with { IdpCertificates = MetadataText.Pem(MetadataText.CertificateBase64) };
        await GetAsync();

        Assert.Null(await RefreshAsync());
        Assert.Single(wire.Requests);
    }

    [Fact]
    public async Task RefreshAsync_Fails_IsSilent()
    {
        wire.Next(Metadata(), HttpAnswers.Status(HttpStatusCode.InternalServerError));
        await GetAsync();

        Assert.Null(await RefreshAsync());
    }

    [Theory]
    [InlineData("entity")]
    [InlineData("certificates")]
    [InlineData("expired")]
    [InlineData("http")]
    public async Task RunAsync_SuspiciousMetadata_KeepsTheLastGoodCopy(string change)
    {
        wire.Next(Metadata(), change switch
        {
            "entity" => Metadata("https://attacker.test"),
            "certificates" => Answer(MetadataText.Entity("https://idp.test", use: "use=\"encryption\"")),
            "expired" => Answer(MetadataText.Entity("https://idp.test", validUntil: "2025-12-31T00:00:00Z")),
            _ => Answer(MetadataText.Entity("https://idp.test").Replace("https://idp.test/sso", "http://idp.test/sso")),
        });
        await GetAsync();

        var refusal = await Assert.ThrowsAsync<IntegrationException>(() => MetadataRefresh.RunAsync(config, test.Create(), CancellationToken.None));

        Assert.Equal(FailureKind.InvalidConfiguration, refusal.Kind);
        test.FakeClock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("https://idp.test", (await GetAsync()).EntityId);
        Assert.Single((await GetAsync()).Certificates);
    }

    [Fact]
    public async Task GetAsync_ManyEntitiesInOneFile_KeepsOnlyTheOne()
    {
        config = config with { IdpEntityId = "https://idp42.test" };
        wire.Next(Answer(MetadataText.Federation(null, [.. Enumerable.Range(0, 1000).Select(i => MetadataText.Entity($"https://idp{i}.test"))])));

        Assert.Equal("https://idp42.test", (await GetAsync()).EntityId);
        Assert.True((await test.State.GetAsync("idp_metadata", null, CancellationToken.None))!.Length < 4096);
    }

    [Theory]
    [InlineData(HttpStatusCode.Found, "redirect")]
    [InlineData(HttpStatusCode.NotFound, "404")]
    [InlineData(HttpStatusCode.BadGateway, "502")]
    public async Task GetAsync_NoAnswerWithMetadata_SaysWhatToDo(HttpStatusCode status, string message)
    {
        wire.Next(HttpAnswers.Status(status).WithHeader("Location", "https://elsewhere.test"));

        Assert.Contains(message, (await Assert.ThrowsAsync<IntegrationException>(GetAsync)).Message);
    }

    [Fact]
    public async Task GetAsync_LargerThanFourMebibytes_IsRefused()
    {
        wire.Next(HttpAnswers.Endless());

        Assert.Contains("4 MiB", (await Assert.ThrowsAsync<IntegrationException>(GetAsync)).Message);
    }

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        wire.Dispose();
    }

    private Task<IdentityProvider> GetAsync() => IdentityProviders.GetAsync(config, test.Create(), CancellationToken.None).AsTask();

    private Task<IdentityProvider?> RefreshAsync() => IdentityProviders.RefreshAsync(config, test.Create(), CancellationToken.None).AsTask();

    private static HttpAnswer Metadata(string id = "https://idp.test", params IReadOnlyList<string> certificates) =>
        Answer(MetadataText.Entity(id, certificates: certificates));

    private static HttpAnswer Answer(string xml) =>
        HttpAnswers.Content(HttpStatusCode.OK, () => new StringContent(xml, Encoding.UTF8, "application/samlmetadata+xml"));
}
