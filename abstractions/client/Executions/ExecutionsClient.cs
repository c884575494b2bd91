using System.Globalization;

namespace Vaka.Plugins.Client;

/// <summary>What was done, and what waits to be done.</summary>
public sealed class ExecutionsClient
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly HostConnection connection;

    internal ExecutionsClient(HostConnection connection) => this.connection = connection;

    /// <summary>One execution with its input, outcome and attempts.</summary>
    /// <exception cref="VakaException"><c>not_found</c>: there is none. That of a call that was waited for, and had no idempotency key, appears a
    /// moment after its answer.</exception>
    public Task<ExecutionDetail> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new HostCall(HttpMethod.Get, $"executions/{id}"), ClientJson.Default.ExecutionDetail, cancellationToken);

    /// <summary>Every execution that is asked for, newest first; pages are fetched as they are needed.</summary>
    /// <exception cref="VakaException">The list could not be read.</exception>
    public IAsyncEnumerable<Execution> ListAsync(ExecutionFilter? filter = null, CancellationToken cancellationToken = default) =>
        connection.ListAsync("executions", (filter ?? new ExecutionFilter()).ToQuery(), ClientJson.Default.ExecutionPage, cancellationToken);

    /// <summary>Waits until an execution has ended: succeeded, dead, unknown or cancelled. One that is parked is waited for; cancel the
    /// <paramref name="cancellationToken"/> to stop waiting.</summary>
    /// <exception cref="VakaException">It cannot be read any more.</exception>
    public async Task<ExecutionDetail> WaitAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var wait = FirstWait;
        while (true)
        {
            var execution = await GetAsync(id, cancellationToken);
            if (execution.HasEnded) return execution;
            await Task.Delay(wait, connection.Clock, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <summary>Ends an execution that waits, before it is done.</summary>
    /// <exception cref="VakaException"><c>execution_in_progress</c>: it runs already.</exception>
    public Task<ExecutionDetail> CancelAsync(Guid id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new HostCall(HttpMethod.Post, $"executions/{id}/cancel"), ClientJson.Default.ExecutionDetail, cancellationToken);

    /// <summary>Has an execution that has ended or is parked done again; what it did already may then be done twice.</summary>
    /// <exception cref="VakaException"><c>execution_in_progress</c>: it runs or waits.</exception>
    public Task<AcceptedExecution> ReplayAsync(Guid id, CancellationToken cancellationToken = default) =>
        connection.SendAsync(new HostCall(HttpMethod.Post, $"executions/{id}/replay"), ClientJson.Default.AcceptedExecution, cancellationToken);
}

/// <summary>Which executions are listed; what is left out does not matter.</summary>
public sealed record ExecutionFilter
{
    /// <summary>In this state: one of <see cref="ExecutionStates"/>.</summary>
    public string? State { get; init; }

    /// <summary>Those that this integration served.</summary>
    public Guid? IntegrationId { get; init; }

    /// <summary>Those of this provider.</summary>
    public string? IntegrationType { get; init; }

    /// <summary>Those of this action.</summary>
    public string? Action { get; init; }

    /// <summary>Those made at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Those made before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    internal IEnumerable<KeyValuePair<string, string?>> ToQuery() =>
    [
        new("state", State), new("integration_id", IntegrationId?.ToString()), new("integration_type", IntegrationType), new("action", Action),
        new("since", Text(Since)), new("until", Text(Until)),
    ];

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
