using System.Text;
using MimeKit;
using Vaka.Plugins.Smtp.Actions;
using Vaka.Plugins.Smtp.Messages;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.Messages;

public class SmtpMessageTests
{
    private static readonly SmtpConfig Config = Given.Config() with { FromName = "Älice", ReplyTo = "Help <help@vaka.test>" };

    [Fact]
    public async Task Build_TextOnly_IsOnePartFromTheConfiguredSender()
    {
        await using var test = new ProviderTestContext { DeduplicationKey = "key-1" };

        var mail = Reread(test, Given.Mail("Bob <bot@vaka.test>"));

        Assert.Equal("\"Älice\" <alice@vaka.test>", mail.From.ToString());
        Assert.Equal("\"Bob\" <bot@vaka.test>", mail.To.ToString());
        Assert.Equal("\"Help\" <help@vaka.test>", mail.ReplyTo.ToString());
        Assert.Equal("key-1@vaka.test", mail.MessageId);
        Assert.Equal(test.Clock.GetUtcNow(), mail.Date);
        var text = Assert.IsType<TextPart>(mail.Body);
        Assert.Equal(("text/plain", "utf-8", "Hi there"), (text.ContentType.MimeType, text.ContentType.Charset, text.Text.TrimEnd()));
    }

    [Fact]
    public async Task Build_Everything_NestsMixedAlternativeRelated()
    {
        await using var test = new ProviderTestContext();
        byte[] bytes = [0, 1, 2, 13, 10, 46, 13, 10, 255];

        var mail = Reread(test, Given.Mail() with
        {
            Html = "<img src=\"cid:logo@vaka\">",
            ReplyTo = "other@vaka.test",
            Attachments =
            [
                new Attachment { Filename = "logo.png", ContentType = "image/png", ContentBase64 = bytes, ContentId = "logo@vaka" },
                new Attachment { Filename = "Übersicht.csv", ContentType = "text/csv; charset=utf-8", ContentBase64 = bytes },
            ],
        });

        var mixed = Assert.IsType<Multipart>(mail.Body);
        Assert.Equal("multipart/mixed", mixed.ContentType.MimeType);
        var alternative = Assert.IsType<MultipartAlternative>(mixed[0]);
        Assert.Equal("Hi there", Assert.IsType<TextPart>(alternative[0]).Text.TrimEnd());
        var related = Assert.IsType<MultipartRelated>(alternative[1]);
        Assert.Equal("text/html", related.Root?.ContentType.MimeType);
        var image = Assert.IsType<MimePart>(related[1]);
        Assert.Equal(("logo@vaka", "inline"), (image.ContentId, image.ContentDisposition?.Disposition));
        var file = Assert.IsAssignableFrom<MimePart>(mixed[1]);
        Assert.Equal(("Übersicht.csv", "attachment"), (file.FileName, file.ContentDisposition?.Disposition));
        Assert.Equal(bytes, Bytes(image));
        Assert.Equal(bytes, Bytes(file));
        Assert.Equal("other@vaka.test", mail.ReplyTo.ToString());
    }

    [Fact]
    public async Task Build_BlindCopy_IsARecipientAndInNoHeader()
    {
        await using var test = new ProviderTestContext();
        var input = Given.Mail() with { Cc = ["copy@vaka.test"], Bcc = ["hidden@vaka.test", "BOT@vaka.test"] };

        var message = SmtpMessage.Build(input, Config, test.Create());

        Assert.Equal(["bot@vaka.test", "copy@vaka.test", "hidden@vaka.test"], message.Recipients.Select(recipient => recipient.Given));
        Assert.DoesNotContain("hidden", Encoding.UTF8.GetString(Written(message.Content)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_ListUnsubscribe_IsAdded()
    {
        await using var test = new ProviderTestContext();

        var mail = Reread(test, Given.Mail() with
        {
            Headers = new Dictionary<string, string>
            {
                ["List-Unsubscribe"] = "<https://vaka.test/u?a=1>", ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click",
            },
        });

        Assert.Equal("<https://vaka.test/u?a=1>", mail.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Headers["List-Unsubscribe-Post"]);
    }

    [Theory]
    [InlineData("a\rb\r\nc\nd")]
    [InlineData("a\r.\rb")]
    public async Task Build_LoneCarriageReturns_BecomeLineEnds(string text)
    {
        await using var test = new ProviderTestContext();

        var message = SmtpMessage.Build(Given.Mail() with { Text = text }, Config, test.Create());

        var written = Encoding.ASCII.GetString(Written(message.Content));
        Assert.DoesNotContain("\r", written.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", written.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Injections => new()
    {
        { "subject", "Hello\r\nBcc: x@vaka.test" },
        { "subject", "Hello\nBcc: x@vaka.test" },
        { "subject", "Hello\0" },
        { "to[0]", "Bob\r\n <bot@vaka.test>" },
        { "to[0]", "bot@vaka.test>\r\nRCPT TO:<x@vaka.test" },
        { "cc[0]", "no address" },
        { "bcc[0]", "a@b@c" },
        { "reply_to", "Bob\n<bot@vaka.test>" },
        { "headers.X-A", "1\r\nBcc: x@vaka.test" },
        { "headers.X-A", "1\0" },
        { "headers.X?A", "1" },
        { "headers.X A", "1" },
        { "headers.X:A", "1" },
        { "headers.Bcc", "x@vaka.test" },
        { "headers.from", "x@vaka.test" },
        { "headers.SENDER", "x@vaka.test" },
        { "headers.Content-Type", "text/html" },
        { "headers.MIME-Version", "2.0" },
        { "headers.Resent-To", "x@vaka.test" },
        { "headers.DKIM-Signature", "v=1" },
        { "headers.Return-Path", "<x@vaka.test>" },
        { "headers.Message-ID", "<x@vaka.test>" },
    };

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task Build_Injection_IsRefusedWithItsPath(string path, string value)
    {
        await using var test = new ProviderTestContext();
        var input = path.Split('.')[0] switch
        {
            "subject" => Given.Mail() with { Subject = value },
            "to[0]" => Given.Mail(value),
            "cc[0]" => Given.Mail() with { Cc = [value] },
            "bcc[0]" => Given.Mail() with { Bcc = [value] },
            "reply_to" => Given.Mail() with { ReplyTo = value },
            _ => Given.Mail() with
            {
                Headers = new Dictionary<string, string> { [path["headers.".Length..].Replace('?', '\n')] = value },
            },
        };

        AssertRefused(test, input, path);
    }

    private static readonly (string Path, Func<SendEmailInput, SendEmailInput> Spoil)[] Faults =
    [
        ("to", input => input with { To = [] }),
        ("text", input => input with { Text = null }),
        ("to", input => input with { Bcc = [.. Enumerable.Range(0, 500).Select(i => $"r{i}@vaka.test")] }),
        ("subject", input => input with { Subject = new string('x', 999) }),
        ("headers", input => input with { Headers = Enumerable.Range(0, 51).ToDictionary(i => $"X-{i}", _ => "1") }),
        ("attachments", input => input with { Attachments = [File("a.bin", size: 13 << 20), File("b.bin", size: 13 << 20)] }),
        ("attachments[0].filename", input => input with { Attachments = [File("../a.txt")] }),
        ("attachments[0].filename", input => input with { Attachments = [File("a\r\nb.txt")] }),
        ("attachments[0].content_type", input => input with { Attachments = [File("a.txt", type: "nonsense")] }),
        ("attachments[0].content_type", input => input with { Attachments = [File("a.txt", type: "text/plain\r\nX: y")] }),
        ("attachments[0].content_type", input => input with { Attachments = [File("a.eml", type: "message/rfc822")] }),
        ("attachments[0].content_type", input => input with { Attachments = [File("a.txt", type: "multipart/mixed")] }),
        ("attachments[0].content_id", input => input with { Attachments = [File("a.txt", id: "a b")] }),
        ("attachments[0].content_id", input => input with { Attachments = [File("a.txt", id: "a>\r\nX: y")] }),
        ("attachments[1].content_id", input => input with { Attachments = [File("a.txt", id: "x"), File("b.txt", id: "x")] }),
    ];

    public static TheoryData<int> FaultNumbers => [.. Enumerable.Range(0, Faults.Length)];

    [Theory]
    [MemberData(nameof(FaultNumbers))]
    public async Task Build_Fault_IsRefusedWithItsPath(int number)
    {
        await using var test = new ProviderTestContext();
        AssertRefused(test, Faults[number].Spoil(Given.Mail()), Faults[number].Path);
    }

    private static void AssertRefused(ProviderTestContext test, SendEmailInput input, string path)
    {
        var failure = Assert.Throws<IntegrationException>(() => SmtpMessage.Build(input, Config, test.Create()));
        Assert.Equal((FailureKind.InvalidInput, Effect.None), (failure.Kind, failure.Effect));
        Assert.Equal(path, Assert.Single(failure.Errors).Path);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    private static Attachment File(string name, string type = "text/plain", string? id = null, int size = 3) =>
        new() { Filename = name, ContentType = type, ContentBase64 = new byte[size], ContentId = id };

    private static MimeMessage Reread(ProviderTestContext test, SendEmailInput input) =>
        MimeMessage.Load(new MemoryStream(Written(SmtpMessage.Build(input, Config, test.Create()).Content)));

    private static byte[] Written(MimeMessage message)
    {
        using var stream = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.Prepare(EncodingConstraint.SevenBit);
        message.WriteTo(format, stream);
        return stream.ToArray();
    }

    private static byte[] Bytes(MimePart part)
    {
        using var stream = new MemoryStream();
        part.Content?.DecodeTo(stream);
        return stream.ToArray();
    }
}
