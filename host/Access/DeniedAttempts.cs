using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access;

/// <summary>Tells the audit who was turned away. At most once a minute for each key, caller and address, and behind the caller's back: a
/// flood must neither fill the audit nor wait for it, and what cannot be written is left out.</summary>
internal sealed partial class DeniedAttempts(IDbContextFactory<HostDbContext> databases, TimeProvider clock, ILogger<DeniedAttempts> log)
    : BackgroundService
{
    /// <summary>Events of strangers within a minute: they make up addresses as they like, so that one count for each bounds nothing.</summary>
    public const int StrangersPerMinute = 20;

    // Keys and callers exist, so that there are only so many.
    private readonly MinuteCounter<(string Action, string Who, string What)> known = new(clock, limit: 10_000);
    private readonly MinuteCounter<(string Action, IPAddress Network, string Reason)> strangers = new(clock, limit: StrangersPerMinute - 1);

    private readonly Channel<AuditEvent> waiting = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(1_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A key that exists was refused: somebody holds an old one, or half of one.</summary>
    public void NoteKey(ApiKey key, KeyRefusal reason, IPAddress? from)
    {
        var id = key.Id.ToString();
        if (known.Add(("api_key.refused", id, "")).Count == 1)
            Write("api_key.refused", id, Address(from), key.TenantId, new { reason = SnakeCaseEnum.Text(reason) });
    }

    /// <summary>What was given is no key that there is or was.</summary>
    public void NoteUnknownKey(IPAddress? from) => NoteStranger("api_key.refused", "unknown", "not_known", from);

    /// <summary>An issuer's token was refused. Nothing that it says of itself is believed or kept.</summary>
    public void NoteToken(string reason, IPAddress? from) => NoteStranger("token.refused", "token", reason, from);

    /// <summary>Somebody did not get into the page.</summary>
    public void NoteSignIn(string reason, IPAddress? from) => NoteStranger("sign_in.refused", "page", reason, from);

    /// <summary>Somebody known asked for what is not theirs to do.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="route">The route's template, not the address, which is the caller's to choose.</param>
    /// <param name="namedTenant">The tenant that the request names.</param>
    public void NoteAccess(ClaimsPrincipal caller, string method, string route, Guid? namedTenant)
    {
        var (name, what) = (caller.Identity?.Name ?? "unknown", $"{method} {route}");
        if (known.Add(("access.denied", name, what)).Count == 1)
            Write("access.denied", what, name, CallerClaims.HomeTenant(caller), new { method, route, named_tenant = namedTenant });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var denied in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var database = await databases.CreateDbContextAsync(stoppingToken);
                database.Add(denied);
                await database.SaveChangesAsync(stoppingToken);
            }
            catch (Exception fault) when (DatabaseFault.Is(fault))
            {
                LogNotWritten(fault, denied.Action, denied.Subject);
            }
        }
    }

    private void NoteStranger(string action, string subject, string reason, IPAddress? from)
    {
        if (strangers.Add((action, FailedAttempts.Network(from ?? IPAddress.None), reason)).Count == 1)
            Write(action, subject, Address(from), null, new { reason });
    }

    private void Write(string action, string subject, string actor, Guid? tenantId, object details) => waiting.Writer.TryWrite(new AuditEvent
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        At = clock.GetUtcNow(),
        TenantId = tenantId,
        Actor = actor,
        Action = action,
        Subject = subject,
        Details = JsonSerializer.Serialize(details),
    });

    private static string Address(IPAddress? from) => $"address:{from?.ToString() ?? "unknown"}";

    [LoggerMessage(LogLevel.Warning, "The audit could not be told of {Action}: {Subject}")]
    private partial void LogNotWritten(Exception fault, string action, string subject);
}

/// <summary>Why a key that exists is not taken.</summary>
internal enum KeyRefusal
{
    Revoked,
    Expired,
    WrongSecret,
}
