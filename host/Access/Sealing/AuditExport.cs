using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Access.Sealing;

/// <summary>Writes the audit of one scope as lines of JSON, oldest first, as it reads them: however many there are, few are in memory.</summary>
internal sealed class AuditExport(IDbContextFactory<HostDbContext> databases)
{
    public const string ContentType = "application/x-ndjson";

    private const int Batch = 500;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers it as a file.</summary>
    public async Task AnswerAsync(AuditPeriod period, Caller caller, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = ContentType;
        response.Headers.ContentDisposition = $"attachment; filename=\"audit-{caller.TenantId?.ToString() ?? "platform"}.ndjson\"";
        await WriteAsync(period, caller, response.Body, cancellationToken);
    }

    public async Task WriteAsync(AuditPeriod period, Caller caller, Stream output, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var events = database.Set<AuditEvent>().AsNoTracking().Where(e => e.TenantId == caller.TenantId);
        if (period.Since is { } since) events = events.Where(e => e.At >= since);
        if (period.Until is { } until) events = events.Where(e => e.At < until);
        for (var after = Guid.Empty; ;)
        {
            var last = after;
            var page = await events.Where(e => e.Id.CompareTo(last) > 0).OrderBy(e => e.Id).Take(Batch).ToListAsync(cancellationToken);
            using var lines = new MemoryStream();
            foreach (var e in page) Write(lines, e);
            await output.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
            if (page.Count < Batch) return;
            after = page[^1].Id;
        }
    }

    private static void Write(Stream lines, AuditEvent e)
    {
        using (var json = new Utf8JsonWriter(lines, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("id", e.Id);
            json.WriteString("at", SealFormat.Time(e.At));
            json.WriteString("tenant_id", e.TenantId?.ToString("D"));
            json.WriteString("actor", e.Actor);
            json.WriteString("action", e.Action);
            json.WriteString("subject", e.Subject);
            if (e.FromRevision is { } from) json.WriteNumber("from_revision", from);
            if (e.ToRevision is { } to) json.WriteNumber("to_revision", to);
            if (e.Details is { } details)
            {
                json.WritePropertyName("details");
                json.WriteRawValue(details); // as it stands, since it is part of what is hashed
            }

            if (e.Seal is { } seal) json.WriteNumber("seal", seal);
            json.WriteString("hash", Convert.ToHexStringLower(SealFormat.Hash(e)));
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }
}

/// <summary>From when, and until before when.</summary>
internal sealed record AuditPeriod(DateTimeOffset? Since, DateTimeOffset? Until);
