using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.Connections;

/// <summary>Everything before the first mail: connection, greeting, TLS, sign-in.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly X509Certificate2 certificate = TestCertificates.SelfSigned();

    public void Dispose() => certificate.Dispose();

    [Fact]
    public async Task Open_NobodyListens_IsUnavailable()
    {
        var server = TranscriptServer.Start();
        await server.DisposeAsync();
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(Given.Config(server)), FailureKind.Unavailable);
    }

    public static TheoryData<string, Transcript, FailureKind> Greetings => new()
    {
        { "busy", new Transcript().Send("421 4.3.2 busy"), FailureKind.Unavailable },
        { "not here", new Transcript().Send("554 5.7.1 your address is blocked"), FailureKind.Rejected },
        { "another protocol", new Transcript().Send("HTTP/1.1 400 Bad Request", "Server: peer"), FailureKind.InvalidConfiguration },
        { "IMAP", new Transcript().Send("* OK ready"), FailureKind.InvalidConfiguration },
        { "noise", new Transcript().SendBytes([0, 1, 2, 3, 255, 10, 10, 10]), FailureKind.InvalidConfiguration },
        { "dropped", new Transcript().Drop(), FailureKind.Unavailable },
        { "closed", new Transcript(), FailureKind.Unavailable },
        { "EHLO and HELO refused", new Transcript().Send("220 peer").Expect("EHLO *").Send("502 no").Expect("HELO *")
            .Send("502 no"), FailureKind.Rejected },
        { "EHLO put off", new Transcript().Send("220 peer").Expect("EHLO *").Send("451 later").Expect("HELO *")
            .Send("451 later"), FailureKind.Unavailable },
        { "dropped at EHLO", new Transcript().Send("220 peer").Expect("EHLO *").Drop(), FailureKind.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Greetings))]
    public async Task Open_Greeting_IsUnderstood(string what, Transcript transcript, FailureKind kind)
    {
        Assert.NotNull(what);
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(Given.Config(server)), kind);
    }

    public static TheoryData<string, Transcript, FailureKind> BeforeTls => new()
    {
        { "busy", new Transcript().Send("421 4.3.2 busy"), FailureKind.Unavailable },
        { "noise", new Transcript().SendBytes([0, 1, 2, 3, 255, 10, 10, 10]), FailureKind.InvalidConfiguration },
        { "line without end", new Transcript().SendBytes(Encoding.ASCII.GetBytes(new string('2', 10_000)))
            .Hang(), FailureKind.InvalidConfiguration },
        { "lines without end", new Transcript().Send([.. Enumerable.Repeat("220-more", 1000)]).Hang(), FailureKind.InvalidConfiguration },
        { "dropped", new Transcript().Drop(), FailureKind.Unavailable },
        { "EHLO refused", new Transcript().Send("220 peer").Expect("EHLO *").Send("502 no").Hang(), FailureKind.InvalidConfiguration },
        { "not offered", Given.Greeted("8BITMIME", "AUTH PLAIN").Hang(), FailureKind.InvalidConfiguration },
        { "offered under another name", Given.Greeted("XSTARTTLS", "STARTTLSX").Hang(), FailureKind.InvalidConfiguration },
        { "not now", Given.Greeted("STARTTLS").Expect("STARTTLS").Send("454 4.7.0 TLS not available"), FailureKind.Unavailable },
        { "not at all", Given.Greeted("STARTTLS").Expect("STARTTLS").Send("502 5.5.1 no"), FailureKind.Rejected },
        { "more than asked", Given.Greeted("STARTTLS").Expect("STARTTLS").SendBytes("220 go\r\n250 evil\r\n"u8.ToArray())
            .Hang(), FailureKind.InvalidConfiguration },
        { "no TLS after all", Given.Greeted("STARTTLS").Expect("STARTTLS").Send("220 go").Drop(), FailureKind.Unavailable },
    };

    [Theory]
    [MemberData(nameof(BeforeTls))]
    public async Task Open_NoStartTls_SendsNothingInTheClear(string what, Transcript transcript, FailureKind kind)
    {
        Assert.NotNull(what);
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(StartTls(server)), kind);

        Assert.DoesNotContain(server.Received, line => line.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Received, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_StartTls_ForgetsWhatWasOfferedBefore()
    {
        // In the clear, somebody on the way adds an extension; after the handshake it must be gone.
        await using var server = TranscriptServer.Start(
            Given.Greeted("STARTTLS", "PIPELINING").Expect("STARTTLS").Send("220 go").StartTls(certificate)
                .Hello("AUTH PLAIN").SignedIn().Expect("MAIL *").Send("250 ok").Expect("RCPT *").Send("250 ok").Content()
                .Send("250 queued").Goodbye());
        await using var test = new ProviderTestContext();

        var output = await test.SendAsync(StartTls(server));

        Assert.Equal(["bot@vaka.test"], output.Accepted);
        await test.DropResourcesAsync();
        await server.CompleteAsync();
    }

    [Fact]
    public async Task Open_ImplicitTls_Sends()
    {
        await using var server = TranscriptServer.Start(
            new Transcript().StartTls(certificate).Send("220 peer").Hello("AUTH PLAIN").SignedIn().Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(StartTls(server) with { Security = SmtpSecurity.ImplicitTls });
    }

    [Theory]
    [InlineData(SmtpSecurity.Starttls)]
    [InlineData(SmtpSecurity.ImplicitTls)]
    public async Task Open_UntrustedCertificate_NamesTheFieldForThePin(SmtpSecurity security)
    {
        var transcript = security == SmtpSecurity.Starttls ? Given.Greeted("STARTTLS").Expect("STARTTLS").Send("220 go") : new Transcript();
        await using var server = TranscriptServer.Start(transcript.StartTls(certificate).Hang());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(StartTls(server) with { Security = security, PinnedCertificate = null });

        AssertFailed(failure, FailureKind.InvalidConfiguration);
        Assert.Contains("pinned_certificate", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AnotherCertificateThanPinned_IsRefused()
    {
        await using var server = TranscriptServer.Start(new Transcript().StartTls(certificate).Hang());
        await using var test = new ProviderTestContext();

        AssertFailed(
            await test.FailAsync(StartTls(server) with { Security = SmtpSecurity.ImplicitTls, PinnedCertificate = new string('0', 64) }),
            FailureKind.InvalidConfiguration);
    }

    [Theory]
    [InlineData("535 5.7.8 bad credentials for secret-word", FailureKind.Unauthorized)]
    [InlineData("534 5.7.9 application password required", FailureKind.Unauthorized)]
    [InlineData("432 4.7.12 password expired", FailureKind.Unauthorized)]
    [InlineData("432 4.3.2 too many connections", FailureKind.Unavailable)]
    [InlineData("454 4.7.0 cannot check now", FailureKind.Unavailable)]
    [InlineData("421 4.7.0 too many attempts", FailureKind.Unavailable)]
    [InlineData("538 5.7.11 encryption required", FailureKind.InvalidConfiguration)]
    [InlineData("504 5.5.4 unknown mechanism", FailureKind.InvalidConfiguration)]
    public async Task SignIn_Refused_MapsTheCode(string answer, FailureKind kind)
    {
        await using var server = TranscriptServer.Start(Given.Greeted("AUTH PLAIN").Expect("AUTH PLAIN *").Send(answer).Hang());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(SignedIn(server));

        AssertFailed(failure, kind);
        Assert.Contains(answer[..3], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_WrongPassword_IsTriedOnce()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted("AUTH PLAIN LOGIN CRAM-MD5").Expect("AUTH CRAM-MD5").Send("334 PDEyMz4=").Expect("*").Send("535 no").Hang());
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(SignedIn(server)), FailureKind.Unauthorized);

        Assert.Single(server.Received, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_MechanismNotMeant_TriesTheNext()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted("AUTH LOGIN PLAIN").Expect("AUTH PLAIN *").Send("504 not that one")
                .Expect("AUTH LOGIN").Send("334 VXNlcm5hbWU6").Expect("YWxpY2U=").Send("334 UGFzc3dvcmQ6").Expect("c2VjcmV0LXdvcmQ=")
                .Send("235 welcome").Mailed().Goodbye());
        await using var test = new ProviderTestContext();

        await test.SendAsync(SignedIn(server));
    }

    [Theory]
    [InlineData("8BITMIME")]
    [InlineData("AUTH GSSAPI NTLM")]
    [InlineData("AUTH XOAUTH2")]
    public async Task SignIn_NothingSuitableOffered_SaysSo(string extension)
    {
        await using var server = TranscriptServer.Start(Given.Greeted(extension).Hang());
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(SignedIn(server)), FailureKind.InvalidConfiguration);

        Assert.DoesNotContain(server.Received, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_DroppedMeanwhile_IsUnavailable()
    {
        await using var server = TranscriptServer.Start(Given.Greeted("AUTH PLAIN").Expect("AUTH *").Drop());
        await using var test = new ProviderTestContext();

        AssertFailed(await test.FailAsync(SignedIn(server)), FailureKind.Unavailable);
    }

    private SmtpConfig StartTls(TranscriptServer server) => SignedIn(server) with
    {
        SmtpUseTls = true, PinnedCertificate = TestCertificates.Fingerprint(certificate),
    };

    private static SmtpConfig SignedIn(TranscriptServer server) =>
        Given.Config(server) with { SmtpUser = "alice", SmtpPassword = new SecretString("secret-word") };

    private static void AssertFailed(IntegrationException failure, FailureKind kind) =>
        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
}
