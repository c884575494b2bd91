using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Smtp.Tests.Actions;

/// <summary>A mail that is sent with BDAT, where the server offers it.</summary>
public sealed class ChunkedMailTests
{
    [Fact]
    public async Task ExecuteAsync_ChunkingIsOffered_SendsTheMailWithoutAsking()
    {
        await using var server = TranscriptServer.Start(Offering().Addressed().ExpectChunk().Send("250 2.0.0 queued as 1A2B")
            .Addressed().ExpectChunk().Send("250 2.0.0 queued as 3C4D"));
        await using var test = new ProviderTestContext();

        var first = await test.SendAsync(Given.Config(server), Given.Mail() with { Text = "before\n.\nafter" });
        var second = await test.SendAsync(Given.Config(server));

        Assert.Contains("1A2B", first.Response, StringComparison.Ordinal);
        Assert.Contains("3C4D", second.Response, StringComparison.Ordinal);
        Assert.Contains(server.Received, line => line.Contains("before\r\n.\r\nafter", StringComparison.Ordinal));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task ExecuteAsync_BinaryMimeIsOfferedToo_StaysEncoded()
    {
        await using var server = TranscriptServer.Start(Offering("BINARYMIME").Addressed().ExpectChunk().Send("250 ok"));
        await using var test = new ProviderTestContext();
        byte[] bytes = [0, 255, 13, 10, 0];

        await test.SendAsync(Given.Config(server), Given.Mail() with
        {
            Attachments = [new Attachment { Filename = "data.bin", ContentType = "application/octet-stream", ContentBase64 = bytes }],
        });

        Assert.Contains(server.Received, line => line.Contains(Convert.ToBase64String(bytes), StringComparison.Ordinal));
        Assert.DoesNotContain(server.Received, line => line.Contains("BINARYMIME", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExecuteAsync_NoAnswerAfterTheChunk_IsUnknown()
    {
        await using var server = TranscriptServer.Start(Offering().Addressed().ExpectChunk().Drop());
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task ExecuteAsync_DroppedWithinTheChunk_HadNoEffect()
    {
        await using var server = TranscriptServer.Start(Offering().Addressed().Expect("BDAT * LAST").Expect("From: *").Drop());
        await using var test = new ProviderTestContext();

        // The lone dot would end a mail after DATA, and here it does not.
        var failure = await test.FailAsync(Given.Config(server), Given.Mail() with { Text = ".\n" + new string('x', 16 << 20) });

        Assert.Equal((FailureKind.Unavailable, Effect.None), (failure.Kind, failure.Effect));
    }

    [Theory]
    [InlineData("451 4.3.0 later", FailureKind.Unavailable)]
    [InlineData("552 5.3.4 too large", FailureKind.Rejected)]
    public async Task ExecuteAsync_ChunkRefused_MapsTheCode(string answer, FailureKind kind)
    {
        await using var server = TranscriptServer.Start(Offering().Addressed().ExpectChunk().Send(answer).Expect("RSET").Send("250 ok"));
        await using var test = new ProviderTestContext();

        var failure = await test.FailAsync(Given.Config(server));

        Assert.Equal((kind, Effect.None), (failure.Kind, failure.Effect));
    }

    [Fact]
    public async Task ExecuteAsync_MailThatLooksLikeAChunk_EndsWhereDataEnds()
    {
        await using var server = TranscriptServer.Start(Given.Greeted().Addressed().Content().Drop());
        await using var test = new ProviderTestContext();

        // Whatever block of the mail a write begins with, it looks like the command.
        var failure = await test.FailAsync(Given.Config(server), Given.Mail() with
        {
            Text = string.Concat(Enumerable.Repeat("BDAT 99999999 LAST\n", 4_000)),
        });

        Assert.Equal((FailureKind.OutcomeUnknown, Effect.Possible), (failure.Kind, failure.Effect));
    }

    private static Transcript Offering(params string[] more) => Given.Greeted(["8BITMIME", "CHUNKING", .. more]);
}
