using MimeKit;
using Vaka.Plugins.Smtp.Actions;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests;

/// <summary>Against postfix and dovecot, which know nothing of this code.</summary>
public class RealMailTests
{
    private readonly string mark = $"t{Guid.CreateVersion7():N}";

    [Fact]
    public async Task SendEmail_StartTls_ArrivesWhole()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);
        var file = new byte[100_000];
        Random.Shared.NextBytes(file);
        var text = "Zeile 1 – ünïcödé\n.\n..\nFrom here\n" + new string('x', 3000);
        byte[] image = [137, 80, 78, 71, 13, 10, 26, 10, 0, 13, 46, 13, 10];

        var output = await test.SendAsync(server.StartTls with { FromName = "Älice ✓" }, Mail() with
        {
            To = ["Böb <bot@vaka.test>"],
            Bcc = ["alice@vaka.test"],
            Subject = $"Grüße 你好 🚀 {mark}",
            Text = text,
            Html = "<p>Grüße <b>✓</b> <img src=\"cid:logo@vaka\"></p>",
            ReplyTo = "Hélp <help@vaka.test>",
            Attachments =
            [
                new Attachment { Filename = "logo.png", ContentType = "image/png", ContentBase64 = image, ContentId = "logo@vaka" },
                new Attachment { Filename = "Übersicht 2026.bin", ContentType = "application/octet-stream", ContentBase64 = file },
            ],
        });

        var mail = await server.ReceiveAsync("bot@vaka.test", mark);
        Assert.Equal($"Grüße 你好 🚀 {mark}", mail.Subject);
        Assert.Equal(output.MessageId, $"<{mail.MessageId}>");
        Assert.Equal("\"Älice ✓\" <alice@vaka.test>", mail.From.ToString());
        Assert.Equal("\"Hélp\" <help@vaka.test>", mail.ReplyTo.ToString());
        Assert.Equal(text, mail.TextBody?.ReplaceLineEndings("\n").TrimEnd());
        Assert.Equal("<p>Grüße <b>✓</b> <img src=\"cid:logo@vaka\"></p>", mail.HtmlBody?.TrimEnd());
        var parts = mail.BodyParts.OfType<MimePart>().Where(part => part is not TextPart).ToArray();
        Assert.Equal(["logo.png", "Übersicht 2026.bin"], parts.Select(part => part.FileName));
        Assert.Equal(image, Bytes(parts[0]));
        Assert.Equal(file, Bytes(parts[1]));
        Assert.Empty(mail.Bcc);
        Assert.DoesNotContain(mail.Headers, header => header.Field.Equals("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(mail.Headers, header => !header.Field.StartsWith("Return", StringComparison.Ordinal)
            && header.Field is not ("From" or "Received") && header.Value.Contains("alice@vaka.test", StringComparison.Ordinal));
        Assert.Equal(["bot@vaka.test", "alice@vaka.test"], output.Accepted);
        Assert.Contains("queued as", output.Response, StringComparison.Ordinal);
        await server.ReceiveAsync("alice@vaka.test", mark);
    }

    [Fact]
    public async Task SendEmail_ImplicitTls_Arrives()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        await test.SendAsync(server.ImplicitTls, Mail());

        Assert.Equal(mark, (await server.ReceiveAsync("bot@vaka.test", mark)).Subject);
    }

    [Fact]
    public async Task SendEmail_PlainRelay_Arrives()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        await test.SendAsync(server.Plain, Mail());

        Assert.Equal(mark, (await server.ReceiveAsync("bot@vaka.test", mark)).Subject);
    }

    [Fact]
    public async Task SendEmail_Xoauth2_Arrives()
    {
        var server = MailServer.Get();
        await using var tokens = (await HttpPeer.StartAsync()).Otherwise(
            HttpAnswers.Json("""{"access_token":"good-token","token_type":"Bearer","expires_in":3600}"""));
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        await test.SendAsync(OAuth(server, tokens), Mail());

        Assert.Equal(mark, (await server.ReceiveAsync("bot@vaka.test", mark)).Subject);
    }

    [Fact]
    public async Task SendEmail_Xoauth2TokenRefused_IsUnauthorized()
    {
        var server = MailServer.Get();
        await using var tokens = (await HttpPeer.StartAsync()).Otherwise(
            HttpAnswers.Json("""{"access_token":"bad-token","expires_in":3600}"""));
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var failure = await test.FailAsync(OAuth(server, tokens), Mail());

        Assert.Equal((FailureKind.Unauthorized, Effect.None), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("bad-token", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendEmail_InternationalAddress_IsAccepted()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        // Postfix takes it; it goes no further, since dovecot's LMTP has no SMTPUTF8.
        var output = await test.SendAsync(server.Plain, Mail("José <jose\u0301@vaka.test>"));

        Assert.Equal(["jose\u0301@vaka.test"], output.Accepted);
    }

    [Fact]
    public async Task SendEmail_ManyAtOnce_AllArriveOverFourConnections()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var outputs = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => test.SendAsync(server.StartTls, Mail() with { Subject = $"{mark} {i}" })));

        Assert.All(outputs, output => Assert.Equal(["bot@vaka.test"], output.Accepted));
        Assert.Equal(40, outputs.Select(output => output.Response).Distinct().Count());
    }

    [Fact]
    public async Task SendEmail_WrongPassword_IsUnauthorized()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var failure = await test.FailAsync(server.StartTls with { SmtpPassword = new SecretString("wrong-password") }, Mail());

        Assert.Equal((FailureKind.Unauthorized, Effect.None), (failure.Kind, failure.Effect));
        Assert.DoesNotContain("wrong-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendEmail_NoTlsWhereItIsRequired_IsInvalidConfiguration()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(server.Plain with { SmtpPort = server.StartTls.SmtpPort }, Mail());

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("530", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendEmail_UntrustedCertificate_IsInvalidConfiguration(bool implicitTls)
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var failure = await test.FailAsync((implicitTls ? server.ImplicitTls : server.StartTls) with { PinnedCertificate = null }, Mail());

        Assert.Equal((FailureKind.InvalidConfiguration, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("pinned_certificate", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "550", FailureKind.Rejected)]
    [InlineData("spam", "554", FailureKind.Rejected)]
    [InlineData("temp", "451", FailureKind.Unavailable)]
    [InlineData("full", "452", FailureKind.Unavailable)]
    [InlineData("drop", "421", FailureKind.Unavailable)]
    public async Task SendEmail_RecipientRefused_MapsTheCode(string recipient, string code, FailureKind kind)
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(server.Plain, Mail($"{recipient}@vaka.test"));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains(code, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendEmail_SomeRefused_ReachesTheOthers()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        var output = await test.SendAsync(server.Plain, Mail("nobody@vaka.test", "bot@vaka.test", "temp@vaka.test"));

        Assert.Equal(["bot@vaka.test"], output.Accepted);
        Assert.Equal(["nobody@vaka.test", "temp@vaka.test"], output.Rejected.Select(rejected => rejected.Address));
        Assert.StartsWith("temporary (451)", output.Rejected[1].Reason, StringComparison.Ordinal);
        await server.ReceiveAsync("bot@vaka.test", mark);
    }

    [Fact]
    public async Task SendEmail_TooLarge_IsRejected()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(server.Plain, Mail() with
        {
            Attachments =
            [
                new Attachment { Filename = "a.bin", ContentType = "application/octet-stream", ContentBase64 = new byte[2 << 20] },
            ],
        });

        Assert.Equal((FailureKind.Rejected, Effect.None), (failure.Kind, failure.Effect));
        Assert.Contains("larger", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_StartTls_IsGreenInEveryStep()
    {
        var server = MailServer.Get();
        await using var test = new ProviderTestContext(clock: TimeProvider.System);

        var result = await test.ProbeAsync(server.StartTls);

        Assert.NotEqual(HealthStatus.Error, result.Status);
        Assert.Equal(["dns", "tcp", "tls", "ehlo", "auth", "noop", "quit"], test.Steps.Select(step => step.Name));
        Assert.All(test.Steps, step => Assert.True(step.Ok));
        Assert.Single(result.Expiries);
    }

    // The mark in a header of its own is what it is found by: servers search encoded subjects each in its own way.
    private SendEmailInput Mail(params string[] to) =>
        Given.Mail(to) with { Subject = mark, Headers = new Dictionary<string, string> { ["X-Test"] = mark } };

    private static SmtpConfig OAuth(MailServer server, HttpPeer tokens) => server.ImplicitTls with
    {
        SmtpPassword = null,
        OAuth2TokenUrl = tokens.Address + "token",
        OAuth2ClientId = "client",
        OAuth2ClientSecret = new SecretString("client-secret"),
    };

    private static byte[] Bytes(MimePart part)
    {
        using var stream = new MemoryStream();
        part.Content?.DecodeTo(stream);
        return stream.ToArray();
    }
}
