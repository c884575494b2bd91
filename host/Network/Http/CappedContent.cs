using System.Net;

namespace Vaka.Plugins.Host.Network.Http;

/// <summary>The body of an answer, after decompression, up to 16 MiB, whether it is buffered or read as a stream.</summary>
internal sealed class CappedContent : HttpContent
{
    public const int MaxBytes = 16 * 1024 * 1024;
    private readonly HttpContent inner;
    private readonly string host;
    private readonly long? length;

    public CappedContent(HttpContent inner, string host)
    {
        this.inner = inner;
        this.host = host;
        length = inner.Headers.ContentLength;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }

        if (length > MaxBytes)
        {
            Headers.ContentLength = null; // a reader would set memory aside for it; the read itself is refused
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        RefuseIfTooLarge();
        return new CappedStream(await inner.ReadAsStreamAsync(cancellationToken), host);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        RefuseIfTooLarge();
        return new CappedStream(inner.ReadAsStream(cancellationToken), host);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var body = await CreateContentReadStreamAsync(cancellationToken);
        await body.CopyToAsync(stream, cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = this.length.GetValueOrDefault();
        return this.length <= MaxBytes;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void RefuseIfTooLarge()
    {
        if (length > MaxBytes)
        {
            throw CappedStream.TooLarge(host);
        }
    }
}
