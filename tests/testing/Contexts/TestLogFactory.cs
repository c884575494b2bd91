using Microsoft.Extensions.Logging;

namespace Vaka.Plugins.Testing;

/// <summary>Every logger of a plugin's own services writes to the one log of the test.</summary>
internal sealed class TestLogFactory(TestLog log) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => log;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log of a test has one destination.");

    public void Dispose()
    {
    }
}
