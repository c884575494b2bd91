using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Vaka.Plugins.Testing;

/// <summary>A log in memory. It keeps what a real one could write: the message, every structured value, scopes and the whole
/// exception.</summary>
public sealed class TestLog : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>Everything that was logged, oldest first.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        lines.Enqueue($"scope: {Describe(state)}");
        return null;
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{logLevel}: {formatter(state, exception)} {Describe(state)} {exception}".TrimEnd());

    /// <summary>Fails the test when one of the texts stands anywhere in the log.</summary>
    public void AssertNever(params IEnumerable<string> secrets)
    {
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(Lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    private static string Describe<TState>(TState state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values
            ? string.Join(' ', values.Where(value => value.Key != "{OriginalFormat}").Select(value => $"{value.Key}={value.Value}"))
            : $"{state}";
}
