using System.Buffers.Text;
using MailKit.Net.Smtp;

namespace Vaka.Plugins.Smtp.Connections;

/// <summary>The stream under a connection. It knows what the protocol library above it does not tell: whether the mail was handed over
/// completely, whether the server answered at all, and whether it hung up. It also bounds how much a server may answer.</summary>
internal sealed class SmtpWire(Stream inner, ReadOnlyMemory<byte> replay) : Stream
{
    // Hundreds of times the longest answer that a command or a pipelined batch of 500 recipients gets.
    private const int MaxAnswer = 1 << 20;

    private static readonly byte[] EndOfMail = "\r\n.\r\n"u8.ToArray();

    private readonly byte[] tail = new byte[5];
    private Transfer transfer;
    private long chunkLeft;
    private ReadOnlyMemory<byte> replay = replay;
    private int answered;

    /// <summary>The end of the mail was written, or at least begun to be: from here on the server may have it.</summary>
    public bool MailHandedOver { get; private set; }

    /// <summary>Something came back since <see cref="BeginMail"/>.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>The server hung up.</summary>
    public bool HasEnded { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void BeginMail() => (MailHandedOver, HasAnswered, transfer) = (false, false, Transfer.NotBegun);

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (!replay.IsEmpty)
        {
            count = Math.Min(count, replay.Length);
            replay[..count].CopyTo(buffer.AsMemory(offset));
            replay = replay[count..];
            return count;
        }

        var read = await inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);
        HasEnded = read == 0;
        HasAnswered |= read > 0;
        answered += read;
        return answered <= MaxAnswer ? read : throw new SmtpProtocolException("The server's answer does not end.");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Note(buffer.AsSpan(offset, count));
        return inner.WriteAsync(buffer, offset, count, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    // MailKit's asynchronous methods read and write arrays and come to nothing below.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // The command that begins the transfer is the first thing written after an answer, so it comes whole and at the beginning. Only the first
    // one counts: what looks like a command afterwards is part of the mail.
    private void Note(ReadOnlySpan<byte> written)
    {
        answered = 0;
        if (transfer is Transfer.NotBegun)
        {
            if (written.StartsWith("BDAT "u8) && Utf8Parser.TryParse(written["BDAT ".Length..], out long size, out _))
            {
                transfer = Transfer.Counted;
                chunkLeft = written.IndexOf((byte)'\n') + 1 + size;
            }
            else if (written.SequenceEqual("DATA\r\n"u8))
            {
                transfer = Transfer.Marked;
                return;
            }
        }

        MailHandedOver |= transfer switch
        {
            Transfer.NotBegun => false,
            Transfer.Marked => EndsMail(written),
            Transfer.Counted => (chunkLeft -= written.Length) <= 0,
            _ => throw new InvalidOperationException($"{transfer} is no transfer."),
        };
    }

    // A line of one dot; inside a mail it is doubled, so the sequence cannot occur by chance. It may come in two
    // writes.
    private bool EndsMail(ReadOnlySpan<byte> written)
    {
        if (written.Length >= tail.Length)
        {
            written[^tail.Length..].CopyTo(tail);
        }
        else
        {
            tail.AsSpan(written.Length).CopyTo(tail);
            written.CopyTo(tail.AsSpan(tail.Length - written.Length));
        }

        return tail.AsSpan().SequenceEqual(EndOfMail);
    }

    private enum Transfer
    {
        NotBegun,

        /// <summary>DATA: a mark ends the mail.</summary>
        Marked,

        /// <summary>BDAT: it is as long as was said.</summary>
        Counted,
    }
}
