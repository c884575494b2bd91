using System.Data.Common;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Tells the audit that a key which exists was refused: somebody holds an old one, or half of one. At most once a minute for each
/// key and behind the caller's back: a flood must neither fill the audit nor wait for it, and what cannot be written is left out.</summary>
internal sealed partial class RefusedKeys(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<RefusedKeys> log)
    : BackgroundService
{
    private readonly MinuteCounter<Guid> noted = new(clock, limit: 10_000);

    private readonly Channel<AuditEvent> waiting = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    public void Note(ApiKey key, KeyRefusal reason, IPAddress? from)
    {
        if (noted.Add(key.Id).Count > 1) return;
        waiting.Writer.TryWrite(new AuditEvent
        {
            Id = Guid.CreateVersion7(),
            At = clock.GetUtcNow(),
            TenantId = key.TenantId,
            Actor = $"address:{from?.ToString() ?? "unknown"}",
            Action = "api_key.refused",
            Subject = key.Id.ToString(),
            Details = JsonSerializer.Serialize(new { reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()) }),
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var refused in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var database = await databases.CreateDbContextAsync(stoppingToken);
                database.Add(refused);
                await database.SaveChangesAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is DbUpdateException or DbException or TimeoutException)
            {
                LogNotWritten(fault, refused.Subject);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The audit could not be told that the API key {Key} was refused")]
    private partial void LogNotWritten(Exception fault, string key);
}

/// <summary>Why a key that exists is not taken.</summary>
internal enum KeyRefusal
{
    Revoked,
    Expired,
    WrongSecret,
}
