using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>Runs each write as one transaction, tells this node of it afterwards, and turns two writers at once into an answer.</summary>
internal sealed class IntegrationWrites(IDbContextFactory<HostDbContext> contexts, IntegrationChanges changes, TimeProvider time)
{
    private const int MaxTries = 10;

    public async Task<T> RunAsync<T>(Caller caller, Func<IntegrationWrite, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var unit = new IntegrationWrite(context, caller, Now());
            try
            {
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                var result = await write(unit);
                await transaction.CommitAsync(CancellationToken.None);
                foreach (var change in unit.Changes) changes.Publish(change);
                return result;
            }
            catch (DbUpdateException exception) when (Judge(exception, context, unit) is { } problem)
            {
                throw problem;
            }
            catch (Exception exception) when (exception is DbUpdateException or DbException && IsRace(exception, context, unit))
            {
                // Another default was made, or a deadlock broken: the next try sees what the other writer did.
                if (attempt == MaxTries) throw Conflict(exception);
            }

            await Task.Delay(Pause(attempt), cancellationToken);
        }
    }

    // Those that met do not meet again.
    [SuppressMessage("Security", "CA5394", Justification = "A pause needs no secret.")]
    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Random.Shared.Next(10 * attempt));

    // The databases keep microseconds: what is answered is what is read back later.
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    // Another row than the caller's may be tried again; the caller's own has to be looked at again.
    private static ProblemException? Judge(DbUpdateException exception, HostDbContext context, IntegrationWrite unit)
    {
        if (unit.IsDemoting) return null;
        if (exception is DbUpdateConcurrencyException) return Conflict(exception);
        return UniqueViolation.Find(exception, context) switch
        {
            Integration.TenantNameIndex or Integration.PlatformNameIndex => new ProblemException(
                ProblemCode.NameTaken, "Another integration has this name. Choose another name.", exception),
            IntegrationRevision.Key or ActionPolicy.Key => Conflict(exception),
            _ => null,
        };
    }

    private static ProblemException Conflict(Exception exception) => new(
        ProblemCode.RevisionConflict, "Somebody else changed this integration at the same time. Read it again and repeat your change.", exception);

    private static bool IsRace(Exception exception, HostDbContext context, IntegrationWrite unit) => exception switch
    {
        DbUpdateConcurrencyException => unit.IsDemoting,
        DbUpdateException update => IsDeadlock(update.InnerException) || UniqueViolation.Find(update, context) switch
        {
            Integration.TenantDefaultIndex or Integration.PlatformDefaultIndex => true,
            IntegrationRevision.Key => unit.IsDemoting,
            _ => false,
        },
        _ => IsDeadlock(exception),
    };

    private static bool IsDeadlock(Exception? exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
