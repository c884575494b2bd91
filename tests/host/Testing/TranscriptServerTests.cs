using System.Text;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Testing;

public class TranscriptServerTests
{
    private readonly LoopbackNetwork network = new();

    [Fact]
    public async Task Followed_Completes_AndKeepsTheLines()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var server = TranscriptServer.Start(new Transcript()
            .Send("220 ready").Expect("EHLO *").Send("250 STARTTLS").Expect("starttls").Send("220 go").StartTls(certificate)
            .ExpectUntil(".").Send("250 queued as 1"));
        var plain = await network.ConnectAsync(server.Host, server.Port, default);
        var reader = new StreamReader(plain);
        Assert.Equal("220 ready", await reader.ReadLineAsync());
        await SayAsync(plain, "EHLO me\r\nSTARTTLS\r\n");
        Assert.Equal("250 STARTTLS", await reader.ReadLineAsync());
        Assert.Equal("220 go", await reader.ReadLineAsync());
        await using var tls = await network.AuthenticateAsync(
            plain, "localhost", new TlsOptions { PinnedCertificate = TestCertificates.Fingerprint(certificate) }, default);
        await SayAsync(tls, "Subject: x\r\n\r\nhello\r\n.\r\n");
        Assert.Equal("250 queued as 1", await new StreamReader(tls).ReadLineAsync());
        await server.CompleteAsync();
        Assert.Equal(["EHLO me", "STARTTLS", "Subject: x", "", "hello", "."], server.Received);
    }

    [Fact]
    public async Task Left_CompleteSaysWhere()
    {
        await using var server = TranscriptServer.Start(new Transcript().Expect("EHLO *"));
        await using var client = await network.ConnectAsync(server.Host, server.Port, default);
        await SayAsync(client, "HELO me\r\n");
        var exception = await Assert.ThrowsAsync<TranscriptException>(() => server.CompleteAsync());
        Assert.Contains("'EHLO *'", exception.Message);
        Assert.Contains("'HELO me'", exception.Message);
    }

    [Fact]
    public async Task Drop_ResetsTheConnection()
    {
        await using var server = TranscriptServer.Start(new Transcript().Expect("DATA").Drop());
        await using var client = await network.ConnectAsync(server.Host, server.Port, default);
        await SayAsync(client, "DATA\r\n");
        await Assert.ThrowsAsync<IOException>(async () => await client.ReadExactlyAsync(new byte[1]));
        await server.CompleteAsync();
    }

    [Fact]
    public async Task Wait_HoldsUntilTheTestSaysSo()
    {
        var release = new TaskCompletionSource();
        await using var server = TranscriptServer.Start(new Transcript().Wait(release.Task).Send("220 late"));
        await using var client = await network.ConnectAsync(server.Host, server.Port, default);
        var line = new StreamReader(client).ReadLineAsync();
        Assert.False(line.IsCompleted);
        release.SetResult();
        Assert.Equal("220 late", await line);
    }

    private static Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
}
