using System.IO.Compression;
using System.Text;
using Vaka.Plugins.Host.Network.Http;

namespace Vaka.Plugins.Host.Tests.Network.Http;

/// <summary>Hostile and broken answers.</summary>
public class AnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Readers => [true, false];

    [Theory, MemberData(nameof(Readers))]
    public async Task EndlessBody_IsRejectedAtTheCap(bool buffered)
    {
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await LoopbackServer.ReadHeadAsync(stream, token);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), token);
            while (true)
            {
                await stream.WriteAsync(new byte[64 * 1024], token);
            }
        });
        var failure = await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered));
        Assert.Equal("The answer of 127.0.0.1 was larger than 16 MiB.", failure.Message);
    }

    [Theory, MemberData(nameof(Readers))]
    public async Task CompressedBomb_IsRejectedAtTheCap(bool buffered)
    {
        using var bomb = new MemoryStream();
        await using (var zip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[CappedContent.MaxBytes + 1], Token);
        }

        Assert.True(bomb.Length < 1024 * 1024);
        await using var server = LoopbackServer.Http(
            [.. Head($"Content-Encoding: gzip\r\nContent-Length: {bomb.Length}"), .. bomb.ToArray()]);
        await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered));
    }

    [Theory, MemberData(nameof(Readers))]
    public async Task DeclaredLengthOverTheCap_IsRejectedAtOnce(bool buffered)
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nfew");
        await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered));
    }

    [Fact]
    public async Task DeclaredLengthOverTheCap_StatusCanBeReadWithoutTheBody()
    {
        await using var server = LoopbackServer.Http("HTTP/1.1 202 Accepted\r\nContent-Length: 99999999999\r\n\r\nfew");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var response = await client.GetAsync(Url(server), HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(202, (int)response.StatusCode);
    }

    [Theory, MemberData(nameof(Readers))]
    public async Task BodyOfExactlyTheCap_IsRead(bool buffered)
    {
        await using var server = LoopbackServer.Http(
            [.. Head($"Content-Length: {CappedContent.MaxBytes}"), .. new byte[CappedContent.MaxBytes]]);
        Assert.Equal(CappedContent.MaxBytes, await ReadAsync(server, buffered));
    }

    [Fact]
    public async Task CompressedAnswer_ArrivesPlainWithItsHeaders()
    {
        using var body = new MemoryStream();
        await using (var zip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync("{\"a\":1}"u8.ToArray(), Token);
        }

        await using var server = LoopbackServer.Http(
            [.. Head($"Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}"), .. body.ToArray()]);
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var response = await client.GetAsync(Url(server), Token);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("{\"a\":1}", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task HugeHeaders_AreRejected()
    {
        await using var server = LoopbackServer.Http(Head($"X-Large: {new string('a', 65 * 1024)}\r\nContent-Length: 0"));
        var failure = await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered: true));
        Assert.Contains("64 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is not HTTP\r\n\r\n")]
    [InlineData("HTTP/1.1 999999 Odd\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\nnot gzip....")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut short")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("")]
    public async Task BrokenAnswer_IsUnavailableWithPossibleEffect(string answer)
    {
        await using var server = LoopbackServer.Http(answer);
        await Outbound.FailsAsync(FailureKind.Unavailable, Effect.Possible, () => ReadAsync(server, buffered: true));
        await Outbound.FailsAsync(FailureKind.Unavailable, Effect.Possible, () => ReadAsync(server, buffered: false));
    }

    [Fact]
    public async Task NobodyListens_IsUnavailableWithoutEffect()
    {
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        var url = new Uri($"http://127.0.0.1:{GuardedConnectorTests.FreePort()}/");
        var failure = await Outbound.FailsAsync(FailureKind.Unavailable, Effect.None, () => client.GetAsync(url, Token));
        Assert.Contains("accepts no connections", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    public async Task SlowAnswer_EndsWithTheCallersToken(string beginning)
    {
        var begun = new TaskCompletionSource();
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await LoopbackServer.ReadHeadAsync(stream, token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), token);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var reading = client.GetStringAsync(Url(server), cancel.Token);
        await begun.Task;
        Assert.False(reading.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static byte[] Head(string headers) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n");

    private static Uri Url(LoopbackServer server) => new($"http://127.0.0.1:{server.Port}/");

    private static async Task<long> ReadAsync(LoopbackServer server, bool buffered)
    {
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var response = await client.GetAsync(
            Url(server), buffered ? HttpCompletionOption.ResponseContentRead : HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await using var sink = new CountingSink();
        await body.CopyToAsync(sink, Token);
        return sink.Length;
    }

    private sealed class CountingSink : Stream
    {
        private long length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position
        {
            get => length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => length += count;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
