namespace Vaka.Plugins.Host.Network.Http;

/// <summary>Counts what is read, and says in our own terms what went wrong while reading.</summary>
internal sealed class CappedStream(Stream inner, string host) : Stream
{
    private long count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static IntegrationException TooLarge(string host) =>
        OutboundFailure.TooLarge($"The answer of {host} was larger than 16 MiB.");

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Counted(inner.Read(buffer));
        }
        catch (Exception exception) when (Known(exception) is { } known)
        {
            throw known;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Counted(await inner.ReadAsync(buffer, cancellationToken));
        }
        catch (Exception exception) when (Known(exception) is { } known)
        {
            throw known;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Counted(int read) => (count += read) > CappedContent.MaxBytes ? throw TooLarge(host) : read;

    private IntegrationException? Known(Exception exception) => exception switch
    {
        InvalidDataException => TransportFailure.Garbled(host, exception), // not what the content encoding promises
        HttpRequestException failure => TransportFailure.From(failure, host),
        IOException => TransportFailure.Cut(host, exception),
        _ => null,
    };
}
