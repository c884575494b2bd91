using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Smtp.Actions;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

/// <summary>Servers that mean harm, and callers that want to say more to a server than a mail.</summary>
public sealed class HostileServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly X509Certificate2 certificate = TestCertificates.SelfSigned();

    /// <summary>Where the server begins to be hostile, the conversation up to there, and what is said of it.</summary>
    public static TheoryData<string, Transcript, FailureKind, string> Openings => new()
    {
        { "greeting", new Transcript(), FailureKind.InvalidConfiguration, NoMailServer },
        { "EHLO", new Transcript().Send("220 peer").Expect("EHLO *"), FailureKind.InvalidConfiguration, NoMailServer },
        { "AUTH", Given.Greeted("AUTH PLAIN").Expect("AUTH *"), FailureKind.InvalidConfiguration, NoMailServer },
        { "MAIL", Signed().Expect("MAIL *"), FailureKind.Unavailable, NoEnd },
        { "RCPT", Signed().Expect("MAIL *").Send("250 ok").Expect("RCPT *"), FailureKind.Unavailable, NoEnd },
        { "DATA", Signed().Addressed().Expect("DATA"), FailureKind.Unavailable, NoEnd },
        { "end of the mail", Signed().Addressed().Content(), FailureKind.OutcomeUnknown, "It may have been sent" },
    };

    private const string NoMailServer = "does not answer like a mail server";
    private const string NoEnd = "gave an answer that is not SMTP or does not end. Nothing was sent.";

    public void Dispose() => certificate.Dispose();

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task EndlessLine_IsCutOff(string where, Transcript before, FailureKind kind, string message) =>
        await AssertCutOffAsync(where, before.SendBytes("250 "u8.ToArray()).Endless("x"), kind, message);

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task EndlessLines_AreCutOff(string where, Transcript before, FailureKind kind, string message) =>
        await AssertCutOffAsync(where, before.Endless("250-more\r\n"), kind, message);

    [Theory]
    [InlineData("x")]
    [InlineData("220-more\r\n")]
    public async Task EndlessAnswerBeforeTls_IsCutOff(string endless)
    {
        foreach (var before in BeforeTls())
        {
            await using var server = TranscriptServer.Start(before.Endless(endless));
            await using var test = new ProviderTestContext();

            var failure = await test.FailAsync(Encrypted(server));

            Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
            Assert.Contains(NoMailServer, failure.Message, StringComparison.Ordinal);
            await server.CompleteAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task SlowServer_EndsWithTheCallersToken(string where, Transcript before, FailureKind kind, string message)
    {
        var dripping = new TaskCompletionSource();
        await using var server = TranscriptServer.Start(before.Tell(dripping).Drip("250 "));
        await using var test = new ProviderTestContext();
        using var cancellation = new CancellationTokenSource();

        var sending = test.SendAsync(Account(server), null, cancellation.Token);
        await dripping.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted, where);
        await cancellation.CancelAsync();

        if (kind is FailureKind.OutcomeUnknown)
        {
            Assert.Contains(message, (await Assert.ThrowsAsync<IntegrationException>(() => sending.WaitAsync(Patience, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Patience, TestContext.Current.CancellationToken));
        }

        await server.CompleteAsync(TestContext.Current.CancellationToken); // the connection is gone
    }

    [Fact]
    public async Task SlowServerBeforeTls_EndsWithTheCallersToken()
    {
        foreach (var before in BeforeTls())
        {
            var dripping = new TaskCompletionSource();
            await using var server = TranscriptServer.Start(before.Tell(dripping).Drip("220 "));
            await using var test = new ProviderTestContext();
            using var cancellation = new CancellationTokenSource();

            var sending = test.SendAsync(Encrypted(server), null, cancellation.Token);
            await dripping.Task.WaitAsync(TestContext.Current.CancellationToken);
            await cancellation.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Patience, TestContext.Current.CancellationToken));
            await server.CompleteAsync(TestContext.Current.CancellationToken);
        }
    }

    public static TheoryData<string> Fields =>
    [
        "subject", "to[0]", "cc[0]", "bcc[0]", "reply_to", "headers.X-A", "headers.", "attachments[0].filename", "attachments[0].content_id",
        "attachments[0].content_type",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task ControlCharacter_IsRefusedWithItsPathBeforeAnythingIsSent(string path)
    {
        await using var server = TranscriptServer.Start();
        await using var test = new ProviderTestContext();
        foreach (var text in new[] { "\r\n", "\r", "\n", "\r\n\r\n", "\0", "\v", "\f", "\x1b", "\x7f", "\x85" })
        {
            var failure = await test.FailAsync(Given.Config(server), Spoilt(path, text + "Bcc: x@vaka.test"));

            Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
            Assert.StartsWith(path, Assert.Single(failure.Errors).Path, StringComparison.Ordinal);
            Assert.DoesNotContain(failure.Errors[0].Path, char.IsControl);
        }

        Assert.Equal(0, server.Connections);
    }

    private static SendEmailInput Spoilt(string path, string text)
    {
        var mail = Given.Mail();
        var file = new Attachment { Filename = "a.txt", ContentType = "text/plain", ContentBase64 = new byte[3] };
        var address = $"Bob{text} <bot@vaka.test>";
        return path switch
        {
            "subject" => mail with { Subject = "Hello" + text },
            "to[0]" => mail with { To = [address] },
            "cc[0]" => mail with { Cc = [address] },
            "bcc[0]" => mail with { Bcc = [address] },
            "reply_to" => mail with { ReplyTo = address },
            "headers.X-A" => mail with { Headers = new Dictionary<string, string> { ["X-A"] = "1" + text } },
            "headers." => mail with { Headers = new Dictionary<string, string> { ["X" + text[..^"Bcc: x@vaka.test".Length] + "A"] = "1" } },
            "attachments[0].filename" => mail with { Attachments = [file with { Filename = "a" + text }] },
            "attachments[0].content_id" => mail with { Attachments = [file with { ContentId = "a" + text }] },
            "attachments[0].content_type" => mail with { Attachments = [file with { ContentType = "text/plain" + text }] },
            _ => throw new ArgumentOutOfRangeException(nameof(path)),
        };
    }

    private static async Task AssertCutOffAsync(string where, Transcript transcript, FailureKind kind, string message)
    {
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();
        var allocated = GC.GetTotalAllocatedBytes();

        var failure = await test.FailAsync(Account(server));

        Assert.Equal((kind, kind is FailureKind.OutcomeUnknown ? Effect.Possible : Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 64 << 20);
        Assert.NotEmpty(where);
        await server.CompleteAsync(TestContext.Current.CancellationToken); // the connection is gone
    }

    private static Transcript Signed() => Given.Greeted("AUTH PLAIN").SignedIn();

    private static Transcript[] BeforeTls() =>
    [
        new(), new Transcript().Send("220 peer").Expect("EHLO *"), Given.Greeted("STARTTLS").Expect("STARTTLS"),
    ];

    private SmtpConfig Encrypted(TranscriptServer server) =>
        Account(server) with { SmtpUseTls = true, PinnedCertificate = TestCertificates.Fingerprint(certificate) };

    private static SmtpConfig Account(TranscriptServer server) =>
        Given.Config(server) with { SmtpUser = "alice", SmtpPassword = new SecretString("secret-word") };
}
