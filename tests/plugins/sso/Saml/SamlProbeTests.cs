using System.Net;
using System.Text;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Tests.Saml.Metadata;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Saml;

public sealed class SamlProbeTests : IAsyncDisposable
{
    private readonly StubHttp wire = new();
    private readonly ProviderTestContext test;
    private SsoConfig config = new() { Protocol = SsoProtocol.Saml, IdpMetadataUrl = "https://idp.test/metadata" };

    public SamlProbeTests() => test = new ProviderTestContext(new SsoProvider()) { Network = wire.AsNetwork() };

    [Fact]
    public async Task Probe_AllGood_IsHealthyAndSaysWhatRunsOut()
    {
        wire.Next(Metadata(), Alive);

        var result = await ProbeAsync();

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(["metadata", "certificates", "endpoints"], test.Steps.Where(step => step.Ok).Select(step => step.Name));
        Assert.Equal(2030, Assert.Single(result.Expiries).At.Year);
    }

    [Fact]
    public async Task Probe_RefreshFails_WarnsSinceWhenAndServesTheLastGoodCopy()
    {
        wire.Next(Metadata(), Alive).Next(Gone, Alive).Next(HttpAnswers.Refused(), Alive).Next(Metadata(), Alive);
        await ProbeAsync();
        test.FakeClock.Advance(TimeSpan.FromHours(1));

        var first = await ProbeAsync();
        test.FakeClock.Advance(TimeSpan.FromHours(1));
        var second = await ProbeAsync();

        Assert.Equal((HealthStatus.Warning, HealthStatus.Warning), (first.Status, second.Status));
        const string Since = "could not be refreshed since 2026-01-01 13:00 UTC; the last good copy of 2026-01-01 12:00 UTC is in use";
        Assert.Contains(Since, first.Message);
        Assert.Contains(Since, second.Message);
        Assert.Equal(HealthStatus.Healthy, (await ProbeAsync()).Status);
    }

    [Fact]
    public async Task Probe_MetadataHangs_WarnsInTime()
    {
        wire.Next(Metadata(), Alive).Next(HttpAnswers.Timeout(), Alive);
        await ProbeAsync();

        var probe = ProbeAsync();
        test.FakeClock.Advance(TimeSpan.FromSeconds(16));

        Assert.Contains("did not answer in time", (await probe).Message);
    }

    [Fact]
    public async Task Probe_NeverFetched_IsAnError()
    {
        wire.Next(Gone);

        await Assert.ThrowsAsync<IntegrationException>(ProbeAsync);
        Assert.False(Assert.Single(test.Steps).Ok);
    }

    [Fact]
    public async Task Probe_ExpiredCertificate_Warns()
    {
        wire.Next(Metadata(MetadataText.NewCertificate(notAfter: new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero))), Alive);

        var result = await ProbeAsync();

        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.Contains("expired on 2025-06-01", result.Message);
    }

    [Fact]
    public async Task Probe_ChangeOfKeys_TheLastCertificateCounts()
    {
        wire.Next(Metadata(MetadataText.NewCertificate(notAfter: new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero)), MetadataText.CertificateBase64), Alive);

        Assert.Equal(HealthStatus.Healthy, (await ProbeAsync()).Status);
    }

    [Fact]
    public async Task Probe_OnlyWeakKeys_IsAnError()
    {
        wire.Next(Metadata(MetadataText.NewCertificate(1024)));

        Assert.Contains("1024", (await Assert.ThrowsAsync<IntegrationException>(ProbeAsync)).Message);
    }

    [Fact]
    public async Task Probe_Sha1Allowed_WarnsAndIdpInitiatedDoesNot()
    {
        wire.Next(Metadata(), Alive).Next(Metadata(), Alive);

        config = config with { AllowIdpInitiated = true };
        Assert.Equal(HealthStatus.Healthy, (await ProbeAsync()).Status);
        config = config with { AllowSha1 = true };
        Assert.Contains("SHA-1", (await ProbeAsync()).Message);
    }

    [Fact]
    public async Task Probe_PastedMetadataExpired_Warns()
    {
        wire.Next(Alive);
        config = config with { IdpMetadataUrl = null, IdpMetadataXml = MetadataText.Entity("https://idp.test", validUntil: "2025-01-01T00:00:00Z") };

        var result = await ProbeAsync();

        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.Contains("not been valid since 2025-01-01", result.Message);
    }

    [Fact]
    public async Task Probe_SignInAddressOutOfReach_WarnsOnly()
    {
        wire.Next(Metadata(), HttpAnswers.Refused());

        var result = await ProbeAsync();

        Assert.Equal(HealthStatus.Warning, result.Status);
        Assert.Contains("does not answer from here", result.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        wire.Dispose();
    }

    private static HttpAnswer Alive => HttpAnswers.Status(HttpStatusCode.NotFound);

    private static HttpAnswer Gone => HttpAnswers.Status(HttpStatusCode.NotFound);

    private Task<ProbeResult> ProbeAsync() => SignInProtocol.Of(config).ProbeAsync(config, test.Create(), CancellationToken.None);

    private static HttpAnswer Metadata(params IReadOnlyList<string> certificates) => HttpAnswers.Content(
        HttpStatusCode.OK, () => new StringContent(MetadataText.Entity("https://idp.test", certificates: certificates), Encoding.UTF8, "application/xml"));
}
