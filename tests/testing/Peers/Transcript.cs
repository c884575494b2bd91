using System.Globalization;
using System.IO.Enumeration;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vaka.Plugins.Testing;

/// <summary>One conversation of a <see cref="TranscriptServer"/>, from the server's side.</summary>
/// <example><code>
/// new Transcript().Send("220 ready").Expect("EHLO *").Send("250-peer", "250 STARTTLS").Expect("STARTTLS").Send("220 go").StartTls(certificate)
/// </code></example>
public sealed class Transcript
{
    private readonly List<Func<TranscriptConnection, CancellationToken, Task>> steps = [];

    internal IReadOnlyList<Func<TranscriptConnection, CancellationToken, Task>> Steps => steps;

    /// <summary>Sends lines, each ended with CR LF.</summary>
    public Transcript Send(params string[] lines) => SendBytes(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n"))));

    /// <summary>Sends bytes as they are, in one piece.</summary>
    public Transcript SendBytes(byte[] bytes) => Add((connection, cancellationToken) => connection.WriteAsync(bytes, cancellationToken));

    /// <summary>Reads a line, which must match.</summary>
    /// <param name="pattern">The line, case ignored; <c>*</c> stands for anything.</param>
    public Transcript Expect(string pattern) => Add(async (connection, cancellationToken) =>
    {
        var line = await connection.ReadLineAsync(cancellationToken);
        if (line is null || !FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\"), line, ignoreCase: true))
        {
            throw new TranscriptException($"Expected '{pattern}', got {(line is null ? "the end of the connection" : $"'{line}'")}.");
        }
    });

    /// <summary>Reads lines up to and with <paramref name="end"/>, whatever they are, such as a mail up to <c>.</c>.</summary>
    public Transcript ExpectUntil(string end) => Add(async (connection, cancellationToken) =>
    {
        string? line;
        do
        {
            line = await connection.ReadLineAsync(cancellationToken) ?? throw new TranscriptException($"The connection ended before '{end}'.");
        }
        while (line != end);
    });

    /// <summary>Reads a chunk (RFC 3030): the command <c>BDAT size LAST</c> and as many bytes as it says.</summary>
    public Transcript ExpectChunk() => Add(async (connection, cancellationToken) =>
    {
        var line = await connection.ReadLineAsync(cancellationToken);
        var words = line?.Split(' ') ?? [];
        if (words is not ["BDAT", _, "LAST"] || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw new TranscriptException($"Expected 'BDAT size LAST', got {(line is null ? "the end of the connection" : $"'{line}'")}.");
        }

        await connection.ReadBytesAsync(size, cancellationToken);
    });

    /// <summary>Goes on over TLS.</summary>
    public Transcript StartTls(X509Certificate2 certificate) => Add((connection, cancellationToken) =>
        connection.StartTlsAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken));

    /// <summary>Waits for something that the test decides.</summary>
    public Transcript Wait(Task until) => Add((_, cancellationToken) => until.WaitAsync(cancellationToken));

    /// <summary>Tells the test that it has come here.</summary>
    public Transcript Tell(TaskCompletionSource reached) => Add((_, _) =>
    {
        reached.TrySetResult();
        return Task.CompletedTask;
    });

    /// <summary>Says nothing more until the client hangs up.</summary>
    public Transcript Hang() => Add(async (connection, cancellationToken) =>
    {
        while (await connection.ReadLineAsync(cancellationToken) is not null)
        {
        }
    });

    /// <summary>Sends the text again and again, as fast as the client takes it, until the client hangs up.</summary>
    public Transcript Endless(string text) => Repeat(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, (4096 / text.Length) + 1))), TimeSpan.Zero);

    /// <summary>Sends a line that begins so and never ends, one byte every 20 milliseconds, until the client hangs up.</summary>
    public Transcript Drip(string beginning) => SendBytes(Encoding.UTF8.GetBytes(beginning)).Repeat("x"u8.ToArray(), TimeSpan.FromMilliseconds(20));

    /// <summary>Resets the connection without a word. Without it the server closes in good order at the end.</summary>
    public Transcript Drop() => Add((connection, _) =>
    {
        connection.Reset();
        return Task.CompletedTask;
    });

    private Transcript Repeat(byte[] bytes, TimeSpan pause) => Add(async (connection, cancellationToken) =>
    {
        try
        {
            while (true)
            {
                await connection.WriteAsync(bytes, cancellationToken);
                await Task.Delay(pause, TimeProvider.System, cancellationToken);
            }
        }
        catch (IOException)
        {
            // The client has hung up.
        }
    });

    private Transcript Add(Func<TranscriptConnection, CancellationToken, Task> step)
    {
        steps.Add(step);
        return this;
    }
}

/// <summary>A client did not follow the transcript.</summary>
public sealed class TranscriptException(string message) : Exception(message);
