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

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("deflate", true)]
    [InlineData("deflate", false)]
    public async Task CompressedBomb_IsRejectedAtTheCap(string encoding, bool buffered)
    {
        var bomb = await PackAsync(encoding, new byte[CappedContent.MaxBytes + 1]);
        Assert.True(bomb.Length < 1024 * 1024);
        await using var server = LoopbackServer.Http([.. Head($"Content-Encoding: {encoding}\r\nContent-Length: {bomb.Length}"), .. bomb]);
        await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered));
    }

    [Theory, MemberData(nameof(Readers))]
    public async Task CompressedBombWithoutEnd_IsRejectedAtTheCap(bool buffered)
    {
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await LoopbackServer.ReadHeadAsync(stream, token);
            await stream.WriteAsync(Head("Content-Encoding: gzip"), token);
            await using var zip = new GZipStream(stream, CompressionLevel.Fastest);
            while (true)
            {
                await zip.WriteAsync(new byte[64 * 1024], token);
            }
        });
        var failure = await Outbound.FailsAsync(FailureKind.Rejected, Effect.Possible, () => ReadAsync(server, buffered));
        Assert.Contains("16 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip, gzip", "gzip gzip")]
    public async Task CompressionThatWasNotAskedFor_IsNotUnpacked(string encoding, string packing)
    {
        var bomb = new byte[CappedContent.MaxBytes + 1];
        foreach (var layer in packing.Split(' ')) bomb = await PackAsync(layer, bomb);
        await using var server = LoopbackServer.Http([.. Head($"Content-Encoding: {encoding}\r\nContent-Length: {bomb.Length}"), .. bomb]);
        Assert.InRange(await ReadAsync(server, buffered: true), 1, 1024 * 1024);
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
        var body = await PackAsync("gzip", "{\"a\":1}"u8.ToArray());
        await using var server = LoopbackServer.Http(
            [.. Head($"Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}"), .. body]);
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
    [InlineData("HTTP/1.1 200 ", "x", "64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Large: ", "x", "64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-One: of many\r\n", "64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Folded: a", "\r\n and on", "64 KiB")]
    [InlineData("HTTP/1.1 100 Continue\r\n", "X-One: of many\r\n", "64 KiB")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n", "64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-One: of many\r\n", "64 KiB")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x", "broke before the answer was complete", FailureKind.Unavailable)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", "x", "16 MiB")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n", "x", "16 MiB")]
    public async Task EndlessPart_IsCutOff(string beginning, string endless, string message, FailureKind kind = FailureKind.Rejected)
    {
        await using var server = Endless(beginning, endless);
        foreach (var buffered in new[] { true, false })
        {
            var failure = await Outbound.FailsAsync(kind, Effect.Possible, () => ReadAsync(server, buffered).WaitAsync(TimeSpan.FromSeconds(30), Token));
            Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EndlessContinues_ToABodyThatWaitsForOne_AreCutOff()
    {
        await using var server = Endless("", "HTTP/1.1 100 Continue\r\n\r\n");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(server)) { Content = new StringContent("data") };
        request.Headers.ExpectContinue = true;
        var failure = await Outbound.FailsAsync(
            FailureKind.Rejected, Effect.Possible, () => client.SendAsync(request, Token).WaitAsync(TimeSpan.FromSeconds(30), Token));
        Assert.Contains("64 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContinueThatNeverComes_TheBodyIsSentAllTheSame()
    {
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await LoopbackServer.ReadHeadAsync(stream, token);
            await stream.ReadExactlyAsync(new byte[4], token);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), token);
        });
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(server)) { Content = new StringContent("data") };
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal("ok", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task AnswerThatNobodyAskedFor_IsNotTakenForTheNextOnes()
    {
        await using var server = LoopbackServer.Http(
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        Assert.Equal("good", await client.GetStringAsync(Url(server), Token));
        Assert.Equal("good", await client.GetStringAsync(Url(server), Token));
        Assert.Equal(2, server.Connections);
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
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nabc")]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc")]
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

    [Theory]
    [InlineData("HTTP/1.1 2")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")]
    public async Task DrippingAnswer_EndsWithTheCallersToken(string beginning)
    {
        var (dripped, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new LoopbackServer(async (stream, token) =>
        {
            await LoopbackServer.ReadHeadAsync(stream, token);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), token);
            try
            {
                for (var sent = 0; ; sent++)
                {
                    await stream.WriteAsync("0"u8.ToArray(), token);
                    if (sent == 5) dripped.SetResult();
                    await Task.Delay(TimeSpan.FromMilliseconds(20), token);
                }
            }
            catch (IOException)
            {
                gone.SetResult();
            }
        });
        using var access = Outbound.WithLoopback();
        using var client = access.Http(ConfigScope.Tenant);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var reading = client.GetStringAsync(Url(server), cancel.Token);
        await dripped.Task;
        Assert.False(reading.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20), Token));
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    private static LoopbackServer Endless(string beginning, string endless) => new(async (stream, token) =>
    {
        await LoopbackServer.ReadHeadAsync(stream, token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), token);
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(endless, 1 + (4096 / endless.Length))));
        while (true)
        {
            await stream.WriteAsync(piece, token);
        }
    });

    private static async Task<byte[]> PackAsync(string encoding, byte[] plain)
    {
        using var packed = new MemoryStream();
        await using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => throw new ArgumentOutOfRangeException(nameof(encoding)),
        })
        {
            await packer.WriteAsync(plain, Token);
        }

        return packed.ToArray();
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
