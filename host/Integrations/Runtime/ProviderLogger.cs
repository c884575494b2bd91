namespace Vaka.Plugins.Host.Integrations.Runtime;

/// <summary>A provider's log: each line carries the integration's id, also those that a resource writes long after the call.</summary>
internal sealed class ProviderLogger(ILogger inner, Guid integrationId) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel)) return;
        using (inner.BeginScope(new[] { KeyValuePair.Create<string, object>("IntegrationId", integrationId) }))
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
