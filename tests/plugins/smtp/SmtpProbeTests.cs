using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

public class SmtpProbeTests
{
    [Fact]
    public async Task ProbeAsync_Plain_GoesThroughEveryStepAndSendsNothing()
    {
        await using var server = TranscriptServer.Start(Given.Greeted("SIZE 1048576").Expect("NOOP").Send("250 ok").Goodbye());
        await using var test = new ProviderTestContext();

        var result = await test.ProbeAsync(Given.Config(server));

        await server.CompleteAsync();
        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(["dns", "tcp", "tls", "ehlo", "auth", "noop", "quit"], test.Steps.Select(step => step.Name));
        Assert.All(test.Steps, step => Assert.True(step.Ok));
        Assert.Contains(test.Steps, step => step.Message.Contains("1 MiB", StringComparison.Ordinal));
        Assert.Contains(test.Steps, step => step.Message == "No sign-in is configured.");
        Assert.DoesNotContain(server.Received, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(90, HealthStatus.Healthy)]
    [InlineData(20, HealthStatus.Warning)]
    public async Task ProbeAsync_StartTls_ReportsWhenTheCertificateRunsOut(int days, HealthStatus status)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = TestCertificates.SelfSigned(now.AddDays(-1), now.AddDays(days));
        await using var server = TranscriptServer.Start(
            Given.Greeted("STARTTLS").Expect("STARTTLS").Send("220 go").StartTls(certificate)
                .Hello("AUTH PLAIN").SignedIn().Expect("NOOP").Send("250 ok").Goodbye());
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var result = await test.ProbeAsync(Given.Config(server) with
        {
            SmtpUseTls = true,
            PinnedCertificate = TestCertificates.Fingerprint(certificate),
            SmtpUser = "alice",
            SmtpPassword = new("secret-word"),
        });

        Assert.Equal(status, result.Status);
        var expiry = Assert.Single(result.Expiries);
        Assert.Equal((certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero), (expiry.At.UtcDateTime, expiry.At.Offset));
        Assert.Contains("by STARTTLS", test.Steps.Single(step => step.Name == "tls").Message, StringComparison.Ordinal);
        Assert.DoesNotContain(test.Steps, step => step.Message.Contains("secret-word", StringComparison.Ordinal));
    }

    public static TheoryData<string, Transcript> Failures => new()
    {
        { "ehlo", new Transcript().Send("421 busy") },
        { "auth", Given.Greeted("AUTH PLAIN").Expect("AUTH *").Send("535 no") },
        { "noop", Given.Greeted("AUTH PLAIN").SignedIn().Expect("NOOP").Drop() },
        { "noop", Given.Greeted("AUTH PLAIN").SignedIn().Expect("NOOP").Send("421 closing") },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task ProbeAsync_Fails_TheLastStepSaysWhy(string step, Transcript transcript)
    {
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        var failure = await Assert.ThrowsAsync<IntegrationException>(
            () => test.ProbeAsync(Given.Config(server) with { SmtpUser = "alice", SmtpPassword = new("secret-word") }));

        var last = test.Steps[^1];
        Assert.Equal((step, false, failure.Message), (last.Name, last.Ok, last.Message));
    }

    [Fact]
    public async Task ProbeAsync_NoStartTls_FailsInTls()
    {
        await using var server = TranscriptServer.Start(Given.Greeted("8BITMIME").Hang());
        await using var test = new ProviderTestContext();

        var failure = await Assert.ThrowsAsync<IntegrationException>(
            () => test.ProbeAsync(Given.Config(server) with { SmtpUseTls = true }));

        Assert.Equal(FailureKind.InvalidConfiguration, failure.Kind);
        Assert.Equal(("tls", false), (test.Steps[^1].Name, test.Steps[^1].Ok));
    }

    [Fact]
    public async Task ProbeAsync_UnknownHost_FailsInDns()
    {
        await using var test = new ProviderTestContext();

        await Assert.ThrowsAsync<IntegrationException>(() => test.ProbeAsync(Given.Config("nowhere.vaka.test")));

        Assert.Equal(("dns", false), (test.Steps[^1].Name, test.Steps[^1].Ok));
    }
}
