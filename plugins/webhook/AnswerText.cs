using System.Buffers;
using System.Text;

namespace Vaka.Plugins.Webhook;

/// <summary>Reads the text of an answer that has already said 2xx. The push is done by then, so nothing here can make it fail: what cannot be
/// read in time, or is no text, is left out.</summary>
internal static class AnswerText
{
    public const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>At most the first 64 KiB; <c>null</c>: empty, no text, or cut off.</summary>
    public static async Task<string?> ReadAsync(HttpResponseMessage response, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is 0)
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await FillAsync(stream, buffer, clock, cancellationToken).ConfigureAwait(false);
            var text = Decode(buffer.AsSpan(0, length), response.Content.Headers.ContentType?.CharSet);
            ArrayPool<byte>.Shared.Return(buffer); // only now: a read that was given up may still write to it
            return text;
        }
        catch (Exception exception) when (exception
            is IntegrationException or OperationCanceledException or TimeoutException)
        {
            return null;
        }
    }

    private static async ValueTask<int> FillAsync(Stream stream, byte[] buffer, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var length = 0;
        while (length < MaxBytes)
        {
            // Most answers are here already, and a timer costs more than reading them.
            var reading = stream.ReadAsync(buffer.AsMemory(length, MaxBytes - length), cancellationToken);
            var count = reading.IsCompleted
                ? await reading.ConfigureAwait(false)
                : await reading.AsTask().WaitAsync(Left(start, clock), clock, cancellationToken).ConfigureAwait(false);
            if (count is 0)
            {
                break;
            }

            length += count;
        }

        return length;
    }

    private static TimeSpan Left(long start, TimeProvider clock) =>
        Patience - clock.GetElapsedTime(start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static string? Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        try
        {
            var encoding = charset is null || charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                ? StrictUtf8
                : Encoding.GetEncoding(charset.Trim('"'), EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            var text = (bytes.Length < MaxBytes ? encoding.GetString(bytes) : WholeCharacters(bytes, encoding)).TrimStart('\uFEFF');
            return text.Length is 0 || text.Contains('\0') ? null : text;
        }
        catch (Exception exception) when (exception is DecoderFallbackException or ArgumentException)
        {
            return null;
        }
    }

    // A character that the limit cut in two stays in the decoder.
    private static string WholeCharacters(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        var characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        return new string(characters, 0, encoding.GetDecoder().GetChars(bytes, characters, flush: false));
    }
}
