using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Tells the audit who was shown configuration. A config is no secret, but it says where an organisation's mail, tickets and people go.
/// At most once a minute for each caller and thing, so that a program which asks again and again does not fill the audit, and behind the
/// caller's back: what cannot be written is left out, for nothing was changed. Names of integrations alone reveal nothing.</summary>
internal sealed partial class RevealedReads(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<RevealedReads> log)
    : BackgroundService
{
    private const int Batch = 100;

    private readonly MinuteCounter<(string Who, Guid? Tenant, string Action, string Subject)> told = new(clock, limit: 10_000);

    private readonly Channel<AuditEvent> waiting = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="caller">Who.</param>
    /// <param name="action">Such as <c>integration.read</c>.</param>
    /// <param name="subject">What was shown: an id, or <c>integrations</c> for a list of them.</param>
    public void Note(Caller caller, string action, string subject)
    {
        if (told.Add((caller.Name, caller.TenantId, action, subject)).Count != 1) return;
        waiting.Writer.TryWrite(new AuditEvent
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            At = clock.GetUtcNow(),
            TenantId = caller.TenantId,
            Actor = caller.Name,
            Action = action,
            Subject = subject,
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var events = new List<AuditEvent>();
            while (events.Count < Batch && waiting.Reader.TryRead(out var read)) events.Add(read);
            try
            {
                await using var database = await databases.CreateDbContextAsync(stoppingToken);
                database.AddRange(events);
                await database.SaveChangesAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotWritten(fault, events.Count);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The audit could not be told of {Count} reads of configuration")]
    private partial void LogNotWritten(Exception fault, int count);
}
