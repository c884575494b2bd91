using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>A table whose rows hold ciphertexts.</summary>
internal interface ICiphertextTable
{
    /// <summary>Goes through it in the order of the primary key and puts what it holds under the active key of the ring.</summary>
    IAsyncEnumerable<ReencryptionStep> RenewAsync(IDbContextFactory<HostDbContext> contexts, CancellationToken cancellationToken);
}

/// <inheritdoc cref="ICiphertextTable"/>
/// <remarks>Each row is written by a statement of its own, and only if it still holds what was read: no host waits for more than one
/// row, and no change of theirs is lost.</remarks>
internal abstract class CiphertextTable<TRow> : ICiphertextTable
    where TRow : class
{
    private const int PageSize = 100;
    private const int MaxTries = 5;

    protected abstract string Name { get; }

    public async IAsyncEnumerable<ReencryptionStep> RenewAsync(
        IDbContextFactory<HostDbContext> contexts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TRow? last = null;
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var page = await After(context.Set<TRow>().AsNoTracking(), last).Take(PageSize).ToListAsync(cancellationToken);
            var written = 0;
            var problems = new List<string>();
            foreach (var row in page)
            {
                if (await RenewAsync(context, row, problems, cancellationToken)) written++;
            }

            yield return new ReencryptionStep(Name, page.Count, written, problems);
            if (page.Count < PageSize) yield break;
            last = page[^1];
        }
    }

    /// <summary>The rows that follow one, in the order of the primary key; all of them after <c>null</c>.</summary>
    protected abstract IQueryable<TRow> After(IQueryable<TRow> rows, TRow? last);

    /// <summary>The row with the same primary key.</summary>
    protected abstract IQueryable<TRow> Same(IQueryable<TRow> rows, TRow row);

    /// <summary>The primary key, for people.</summary>
    protected abstract string Describe(TRow row);

    /// <summary>What the row should hold; <c>null</c>: it need not change.</summary>
    /// <param name="row">The row as it is.</param>
    /// <param name="undecryptable">Takes the paths of what cannot be read; the rest of the row is renewed all the same.</param>
    protected abstract string? Renew(TRow row, ICollection<string> undecryptable);

    /// <summary>Writes a row unless it holds something else by now.</summary>
    /// <returns>How many rows were written.</returns>
    protected abstract Task<int> WriteAsync(IQueryable<TRow> same, TRow read, string renewed, CancellationToken cancellationToken);

    private async Task<bool> RenewAsync(HostDbContext context, TRow row, List<string> problems, CancellationToken cancellationToken)
    {
        var current = row;
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var undecryptable = new List<string>();
            var renewed = Renew(current, undecryptable);
            if (renewed is null || await WriteAsync(Same(context.Set<TRow>(), row), current, renewed, cancellationToken) > 0)
            {
                problems.AddRange(undecryptable.Select(path => $"{Name} {Describe(row)}: {path} cannot be decrypted"));
                return renewed is not null;
            }

            // Somebody changed it meanwhile, or it is gone.
            if (await Same(context.Set<TRow>().AsNoTracking(), row).SingleOrDefaultAsync(cancellationToken) is not { } changed) return false;
            current = changed;
        }

        problems.Add($"{Name} {Describe(row)}: was changed again and again meanwhile; run the command once more");
        return false;
    }
}
