using System.Threading.Channels;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Takes real calls as signs of health: one that is refused in a way that will be the same next time turns it red at once.</summary>
internal sealed partial class CallWatch(CallSignals signals, HealthBook book, TimeProvider clock, ILogger<CallWatch> log) : BackgroundService
{
    /// <summary>After one failed call, those of the same integration say nothing new for this long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private const int Remembered = 1000;

    private readonly Channel<FailedCall> failed =
        Channel.CreateBounded<FailedCall>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Dictionary<(Guid Id, int Revision), long> heard = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        signals.Subscribe(call =>
        {
            if (ConcernsIntegration(call.Kind)) failed.Writer.TryWrite(call);
        });
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Whether the next call, whatever its input, is likely to fail the same way.</summary>
    internal static bool ConcernsIntegration(FailureKind kind) => kind switch
    {
        FailureKind.Unauthorized or FailureKind.Forbidden or FailureKind.InvalidConfiguration => true,

        // Of the input, of the moment, or unknown: the probes find out.
        FailureKind.Unexpected or FailureKind.InvalidInput or FailureKind.NotFound or FailureKind.RateLimited or FailureKind.Unavailable
            or FailureKind.Rejected or FailureKind.OutcomeUnknown => false,
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var call in failed.Reader.ReadAllAsync(stoppingToken))
            {
                if (IsNews(call)) await WriteAsync(call, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host goes
        }
    }

    private bool IsNews(FailedCall call)
    {
        var key = (call.IntegrationId, call.Revision);
        if (heard.TryGetValue(key, out var at) && clock.GetElapsedTime(at) < Quiet) return false;
        if (heard.Count >= Remembered) heard.Clear();
        heard[key] = clock.GetTimestamp();
        return true;
    }

    private async Task WriteAsync(FailedCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (await book.WriteAsync(call, cancellationToken)) LogTurned(call.IntegrationId, call.Action, call.Kind);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            heard.Remove((call.IntegrationId, call.Revision));
            LogNotSaved(fault, call.IntegrationId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Integration {IntegrationId} does not work: a call of {Action} failed ({Kind})")]
    private partial void LogTurned(Guid integrationId, string action, FailureKind kind);

    [LoggerMessage(LogLevel.Warning, "The health of integration {IntegrationId} could not be stored")]
    private partial void LogNotSaved(Exception fault, Guid integrationId);
}
