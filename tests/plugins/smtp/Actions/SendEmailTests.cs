using Vaka.Plugins.Smtp.Actions;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.Actions;

public class SendEmailTests
{
    [Fact]
    public async Task ExecuteAsync_Accepted_AnswersIdAddressesAndQueueText()
    {
        await using var server = TranscriptServer.Start(Given.Greeted("8BITMIME").Mailed().Goodbye());
        await using var test = new ProviderTestContext { DeduplicationKey = "key-1" };

        var output = await test.SendAsync(Given.Config(server));

        Assert.Equal("<key-1@vaka.test>", output.MessageId);
        Assert.Equal(["bot@vaka.test"], output.Accepted);
        Assert.Empty(output.Rejected);
        Assert.Equal("2.0.0 queued as 1A2B", output.Response);
        Assert.Contains("Message-Id: <key-1@vaka.test>", server.Received);
        await test.DropResourcesAsync();
        await server.CompleteAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExecuteAsync_SomeRecipientsRefused_SendsToTheRest(bool pipelining)
    {
        var transcript = pipelining
            ? Given.Greeted("PIPELINING").Expect("MAIL FROM:*").Expect("RCPT *").Expect("RCPT *").Expect("RCPT *")
                .Send("250 ok", "550 5.1.1 no such user", "250 ok", "451 4.3.0 try later")
            : Given.Greeted().Expect("MAIL FROM:*").Send("250 ok").Expect("RCPT *").Send("550 5.1.1 no such user")
                .Expect("RCPT *").Send("250 ok").Expect("RCPT *").Send("451 4.3.0 try later");
        await using var server = TranscriptServer.Start(transcript.Content().Send("250 queued"));
        await using var test = new ProviderTestContext();

        var output = await test.SendAsync(
            Given.Config(server), Given.Mail("Nobody <nobody@vaka.test>", "bot@vaka.test") with { Bcc = ["temp@vaka.test"] });

        Assert.Equal(["bot@vaka.test"], output.Accepted);
        Assert.Equal(
            [
                new RejectedRecipient("nobody@vaka.test", "refused (550): 5.1.1 no such user"),
                new RejectedRecipient("temp@vaka.test", "temporary (451): 4.3.0 try later"),
            ],
            output.Rejected);
    }

    [Fact]
    public async Task ExecuteAsync_AllRefusedForGood_IsRejectedWithEachPath()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted().Expect("MAIL *").Send("250 ok").Expect("RCPT *").Send("550 no such user").Expect("RCPT *")
                .Send("554 5.7.1 policy").Expect("RSET").Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server), Given.Mail() with { Cc = ["spam@vaka.test"] });

        Assert.Equal((FailureKind.Rejected, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(["to[0]", "cc[0]"], failure.Errors.Select(error => error.Path));
        Assert.Contains("550: no such user", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_AllRefusedOneForNow_IsUnavailable()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted().Expect("MAIL *").Send("250 ok").Expect("RCPT *").Send("550 no such user").Expect("RCPT *")
                .Send("452 4.2.2 full").Expect("RSET").Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server), Given.Mail("nobody@vaka.test", "full@vaka.test"));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(2, failure.Errors.Count);
    }

    [Fact]
    public async Task ExecuteAsync_RecipientAnswered421_IsUnavailable()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Expect("MAIL *").Send("250 ok").Expect("RCPT *")
            .Send("421 4.7.0 closing"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("421: 4.7.0 closing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_GoodbyeAfterAGoodRecipient_SendsNothing()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted("PIPELINING").Expect("MAIL *").Expect("RCPT *").Expect("RCPT *").Send("250 ok", "250 ok", "421 4.7.0 closing"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server), Given.Mail("bot@vaka.test", "drop@vaka.test"));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("421", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("451 4.3.0 later", FailureKind.Unavailable)]
    [InlineData("421 4.3.2 shutting down", FailureKind.Unavailable)]
    [InlineData("552 5.3.4 too large", FailureKind.Rejected)]
    [InlineData("553 5.7.1 not your address", FailureKind.Rejected)]
    [InlineData("530 5.7.0 authentication required", FailureKind.InvalidConfiguration)]
    public async Task ExecuteAsync_SenderRefused_MapsTheCode(string answer, FailureKind kind)
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Expect("MAIL FROM:*").Send(answer).Expect("RSET").Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(answer[..3], failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("451 4.3.0 later", FailureKind.Unavailable)]
    [InlineData("421 4.3.2 shutting down", FailureKind.Unavailable)]
    [InlineData("554 5.5.1 no valid recipients", FailureKind.Rejected)]
    public async Task ExecuteAsync_DataRefused_MapsTheCode(string answer, FailureKind kind)
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Addressed().Expect("DATA").Send(answer).Expect("RSET")
            .Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
    }

    [Theory]
    [InlineData("451 4.3.0 later", FailureKind.Unavailable)]
    [InlineData("452 4.3.1 out of space", FailureKind.Unavailable)]
    [InlineData("421 4.3.2 shutting down", FailureKind.Unavailable)]
    [InlineData("552 5.3.4 too large", FailureKind.Rejected)]
    [InlineData("523 5.3.4 too large", FailureKind.Rejected)]
    [InlineData("550 5.7.1 looks like spam", FailureKind.Rejected)]
    [InlineData("554 5.6.0 rejected", FailureKind.Rejected)]
    public async Task ExecuteAsync_ContentRefused_MapsTheCode(string answer, FailureKind kind)
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Addressed().Content().Send(answer).Expect("RSET").Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(answer[4..], failure.Message, StringComparison.Ordinal);
        Assert.Equal(answer[..3] is "552" or "523", failure.Message.Contains("larger", StringComparison.Ordinal));
    }

    public static TheoryData<string, Transcript> BeforeTheEnd => new()
    {
        { "after the sender", Given.Greeted().Expect("MAIL *").Drop() },
        { "after a recipient", Given.Greeted().Expect("MAIL *").Send("250 ok").Expect("RCPT *").Drop() },
        { "instead of 354", Given.Greeted().Addressed().Expect("DATA").Drop() },
        { "within the mail", Given.Greeted().Addressed().Expect("DATA").Send("354 go on").Expect("From: *").Drop() },
        { "politely, after the sender", Given.Greeted().Expect("MAIL *") },
        { "pipelined", Given.Greeted("PIPELINING").Expect("MAIL *").Expect("RCPT *").Send("250 ok").Drop() },
    };

    [Theory]
    [MemberData(nameof(BeforeTheEnd))]
    public async Task ExecuteAsync_DroppedBeforeTheEnd_HadNoEffect(string when, Transcript transcript)
    {
        Assert.NotNull(when);
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        // Large enough not to fit into the buffers of both sides: the end is not sent while the server does not read.
        var failure = await test.FailAsync(Given.Config(server), Given.Mail() with { Text = new string('x', 16 << 20) });

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(1, server.Connections);
    }

    public static TheoryData<string, Transcript> AfterTheEnd => new()
    {
        { "dropped", Given.Greeted().Addressed().Content().Drop() },
        { "closed", Given.Greeted().Addressed().Content() },
        { "nonsense", Given.Greeted().Addressed().Content().Send("?!") },
        { "half an answer", Given.Greeted().Addressed().Content().SendBytes("25"u8.ToArray()) },
        { "another yes", Given.Greeted().Addressed().Content().Send("251 whatever").Expect("RSET").Send("250 ok") },
    };

    [Theory]
    [MemberData(nameof(AfterTheEnd))]
    public async Task ExecuteAsync_NoAnswerAfterTheEnd_IsUnknown(string what, Transcript transcript)
    {
        Assert.NotNull(what);
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(4090)]
    [InlineData(4091)]
    [InlineData(4092)]
    [InlineData(4093)]
    [InlineData(4094)]
    [InlineData(4095)]
    [InlineData(4096)]
    public async Task ExecuteAsync_EndSplitOverTwoWrites_IsStillSeen(int length)
    {
        await using var test = new ProviderTestContext { DeduplicationKey = "key" };
        await using var measuring = TranscriptServer.Start(Given.Greeted().Mailed());
        await test.SendAsync(Given.Config(measuring), Given.Mail() with { Text = "x" });
        await test.DropResourcesAsync();
        var rest = Content(measuring).Sum(line => line.Length + 2) - 1;
        await using var server = TranscriptServer.Start(Given.Greeted().Addressed().Content());

        // The writer sends blocks of 4096 bytes: the end mark begins in one and ends in the next.
        var failure = await test.FailAsync(Given.Config(server), Given.Mail() with { Text = Lines(length - rest) });

        Assert.Equal(length, Content(server).Sum(line => line.Length + 2));
        Assert.Equal(FailureKind.OutcomeUnknown, failure.Kind);

        static IEnumerable<string> Content(TranscriptServer server) =>
            server.Received.SkipWhile(line => !line.StartsWith("From:", StringComparison.Ordinal)).TakeWhile(line => line != ".");

        static string Lines(int bytes) =>
            string.Concat(Enumerable.Repeat(new string('x', 68) + '\n', bytes / 70)) + new string('x', bytes % 70);
    }

    [Fact]
    public async Task ExecuteAsync_CancelledAfterTheEnd_IsUnknown()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Addressed().Content().Hang());
        await using var test = new ProviderTestContext();
        using var cancellation = new CancellationTokenSource();

        var sending = test.SendAsync(Given.Config(server), null, cancellation.Token);
        await SeenAsync(server, ".");
        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<IntegrationException>(() => sending);
        Assert.Equal((FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task ExecuteAsync_CancelledBeforeTheEnd_IsCancelled()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Expect("MAIL *").Hang());
        await using var test = new ProviderTestContext();
        using var cancellation = new CancellationTokenSource();

        var sending = test.SendAsync(Given.Config(server), null, cancellation.Token);
        await SeenAsync(server, "MAIL FROM:<alice@vaka.test>");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task ExecuteAsync_ServerWithoutSmtpUtf8_RefusesTheAddressBeforeSending()
    {
        await using var server = TranscriptServer.Start(Given.Greeted("8BITMIME").Goodbye());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server), Given.Mail("bot@vaka.test", "josé@vaka.test"));

        Assert.Equal((FailureKind.Rejected, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal("to[1]", Assert.Single(failure.Errors).Path);
    }

    [Theory]
    [InlineData("8BITMIME")]
    [InlineData("SMTPUTF8")]
    public async Task ExecuteAsync_InternationalDomain_GoesInAsciiToAnyServer(string extension)
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted(extension).Expect("MAIL FROM:<alice@vaka.test>").Send("250 ok").Expect("RCPT TO:<a@xn--bcher-kva.example>")
                .Send("250 ok").Content().Send("250 queued"));
        await using var test = new ProviderTestContext();

        var output = await test.SendAsync(Given.Config(server), Given.Mail("a@bücher.example"));

        Assert.Equal(["a@bücher.example"], output.Accepted);
    }

    [Fact]
    public async Task ExecuteAsync_ServerRepeatsThePassword_ItIsNotShown()
    {
        const string password = "hunter2-correct-horse";
        await using var server = TranscriptServer.Start(
            Given.Greeted("AUTH PLAIN").SignedIn().Expect("MAIL *").Send("250 ok")
                .Expect("RCPT *").Send("550 no, hunter2-correct-horse").Expect("RCPT *").Send("250 ok")
                .Content().Send($"250 thanks for hunter2-correct-horse, {Convert.ToBase64String("hunter2-correct-horse"u8)}"));
        await using var test = new ProviderTestContext();
        var config = Given.Config(server) with { SmtpUser = "alice", SmtpPassword = new SecretString(password) };

        var output = await test.SendAsync(config, Given.Mail("a@vaka.test", "b@vaka.test"));

        Assert.Equal("thanks for [secret], [secret]", output.Response);
        Assert.Equal("refused (550): no, [secret]", Assert.Single(output.Rejected).Reason);
        test.Log.AssertNever(password);
    }

    public static TheoryData<string, Transcript> Echoes => new()
    {
        { "to the sender", Given.Greeted("AUTH PLAIN").SignedIn().Expect("MAIL *").Send("550 no, hunter2-correct-horse").Expect("RSET") },
        { "to the content", Given.Greeted("AUTH PLAIN").SignedIn().Addressed().Content()
            .Send("554 no, hunter2-correct-horse").Expect("RSET") },
        { "before it hangs up", Given.Greeted("AUTH PLAIN").Expect("AUTH PLAIN *").Send("235 hi, hunter2-correct-horse").Expect("MAIL *") },
        { "after the end", Given.Greeted("AUTH PLAIN").SignedIn().Addressed().Content().Send("25x hunter2-correct-horse") },
    };

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task ExecuteAsync_ServerRepeatsThePassword_NoFailureHoldsIt(string when, Transcript transcript)
    {
        Assert.NotNull(when);
        await using var server = TranscriptServer.Start(transcript);
        await using var test = new ProviderTestContext();

        // The host logs the whole exception, with those inside it.
        var failure = await test.FailAsync(
            Given.Config(server) with { SmtpUser = "alice", SmtpPassword = new SecretString("hunter2-correct-horse") });

        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_LongOddAnswer_IsShownShortAndOnOneLine()
    {
        await using var server = TranscriptServer.Start(
            Given.Greeted().Addressed().Content().Send("554-first\u0007", "554-second", $"554 {new string('x', 1000)}").Expect("RSET")
                .Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Contains("first second xxx", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 200, 400);
    }

    [Fact]
    public async Task ExecuteAsync_AnswerWithoutEnd_IsCutOff()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Expect("MAIL *")
            .SendBytes([.. "250 "u8, .. Enumerable.Repeat((byte)'x', 3 << 20)]).Hang());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task PreviewAsync_SaysWhomAndTouchesNothing()
    {
        await using var test = new ProviderTestContext();

        var preview = await new SendEmail().PreviewAsync(
            Given.Mail() with { Bcc = ["hidden@vaka.test"] }, Given.Config(port: 1), test.Create(), CancellationToken.None);

        Assert.Equal("Sends 'Hello' to 2 recipient(s).", preview?.Summary);
    }

    private static async Task SeenAsync(TranscriptServer server, string line)
    {
        while (!server.Received.Any(received => received.StartsWith(line, StringComparison.Ordinal)))
        {
            await Task.Yield();
        }
    }
}
