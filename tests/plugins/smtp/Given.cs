using System.Globalization;
using Vaka.Plugins.Smtp.Actions;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

/// <summary>What the tests start from.</summary>
internal static class Given
{
    public static SmtpConfig Config(TranscriptServer server) => Config(server.Host, server.Port);

    public static SmtpConfig Config(string host = "127.0.0.1", int port = 2525) =>
        new() { SmtpHost = host, SmtpPort = port, SmtpUseTls = false, FromEmail = "alice@vaka.test" };

    public static SendEmailInput Mail(params string[] to) =>
        new() { To = to.Length == 0 ? ["bot@vaka.test"] : to, Subject = "Hello", Text = "Hi there" };

    public static Task<SendEmailOutput> SendAsync(
        this ProviderTestContext test, SmtpConfig config, SendEmailInput? input = null, CancellationToken cancellationToken = default) =>
        new SendEmail().ExecuteAsync(input ?? Mail(), config, test.Create(), cancellationToken);

    public static async Task<IntegrationException> FailAsync(this ProviderTestContext test, SmtpConfig config, SendEmailInput? input = null)
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(() => test.SendAsync(config, input));
        Assert.False(string.IsNullOrWhiteSpace(failure.Message));
        Assert.DoesNotContain(failure.Message, char.IsControl);
        return failure;
    }

    public static Task<ProbeResult> ProbeAsync(this ProviderTestContext test, SmtpConfig config) =>
        ((IIntegrationProvider)new SmtpProvider()).ProbeAsync(config, test.Create(), CancellationToken.None);

    /// <summary>Greets and answers EHLO, without pipelining so that every answer comes alone.</summary>
    public static Transcript Greeted(params string[] extensions) => new Transcript().Send("220 peer ESMTP").Hello(extensions);

    public static Transcript Hello(this Transcript transcript, params string[] extensions)
    {
        string[] lines = ["peer", .. extensions];
        return transcript.Expect("EHLO vaka.test").Send(
            [.. lines.Select((line, i) => string.Create(CultureInfo.InvariantCulture, $"250{(i < lines.Length - 1 ? '-' : ' ')}{line}"))]);
    }

    public static Transcript SignedIn(this Transcript transcript) => transcript.Expect("AUTH PLAIN *").Send("235 welcome");

    /// <summary>Takes sender and one recipient.</summary>
    public static Transcript Addressed(this Transcript transcript) =>
        transcript.Expect("MAIL FROM:<alice@vaka.test>*").Send("250 sender ok").Expect("RCPT TO:<*>").Send("250 recipient ok");

    /// <summary>Reads a mail to its end.</summary>
    public static Transcript Content(this Transcript transcript) => transcript.Expect("DATA").Send("354 go on").ExpectUntil(".");

    public static Transcript Mailed(this Transcript transcript) => transcript.Addressed().Content().Send("250 2.0.0 queued as 1A2B");

    public static Transcript Goodbye(this Transcript transcript) => transcript.Expect("QUIT").Send("221 bye");
}
