using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Writes an execution together with its key, once for each key however many hosts are asked at the same time.</summary>
internal sealed class KeyedInsert(IDbContextFactory<HostDbContext> databases, TimeProvider clock)
{
    /// <summary>How long a key stands for what was done under it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int Tries = 3;

    /// <summary>Writes both in one transaction, unless the key is taken.</summary>
    /// <returns>What is done or was done under the key already; <c>null</c>: the row was written.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCode.IdempotencyKeyConflict"/>: the key stands for another call.</exception>
    public async Task<EarlierExecution?> TryAddAsync(Execution row, KeyClaim claim, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (await AddAsync(row, claim, cancellationToken)) return null;
            if (await FindAsync(claim, cancellationToken) is { } earlier) return earlier;

            // Released or expired in between.
        }

        throw new ProblemException(ProblemCode.ExecutionInProgress, "Many calls use this idempotency key at the same time. Try again in a moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>What stands under the key; <c>null</c>: nothing, or nothing any more.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.IdempotencyKeyConflict"/>: the key stands for another call.</exception>
    public async Task<EarlierExecution?> FindAsync(KeyClaim claim, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var same = database.Set<IdempotencyKey>().Where(key => key.Scope == claim.Scope);
        var found = await same
            .Select(key => new
            {
                key.RequestHash, key.ExecutionId, key.Answer, key.CreatedAt,
                Execution = database.Set<Execution>().Where(execution => execution.Id == key.ExecutionId)
                    .Select(execution => new { execution.State, execution.ErrorMessage }).FirstOrDefault(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        if (found.CreatedAt <= await database.NowAsync(clock, cancellationToken) - Lifetime)
        {
            await same.Where(key => key.ExecutionId == found.ExecutionId).ExecuteDeleteAsync(cancellationToken);
            return null;
        }

        if (found.RequestHash != claim.RequestHash)
        {
            throw new ProblemException(ProblemCode.IdempotencyKeyConflict,
                "This idempotency key was used for another call: with other input, for another integration, or in the other way of waiting. "
                + "Send a call again as it was, and give a new one a key of its own.");
        }

        // A record that is gone can no longer say what came of it.
        return new EarlierExecution(found.ExecutionId, found.Execution?.State ?? ExecutionState.Unknown, found.Answer)
        {
            Why = found.Execution?.ErrorMessage,
        };
    }

    private async Task<bool> AddAsync(Execution row, KeyClaim claim, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Add(row);
        database.Add(new IdempotencyKey
        {
            Scope = claim.Scope,
            ExecutionId = row.Id,
            RequestHash = claim.RequestHash,
            CreatedAt = await database.NowAsync(clock, cancellationToken),
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException refused) when (UniqueViolation.Find(refused, database) is not null)
        {
            return false;
        }
    }
}

/// <summary>What stands under a key.</summary>
/// <param name="Id">The execution.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Answer"><see cref="IdempotencyKey.Answer"/>.</param>
internal sealed record EarlierExecution(Guid Id, ExecutionState State, string? Answer)
{
    /// <summary>What is said of its failure; <c>null</c>: nothing.</summary>
    public string? Why { get; init; }
}
