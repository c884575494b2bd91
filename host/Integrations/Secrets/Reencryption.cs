using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Rotates the keys beside running hosts: the ring goes under the current master key, every ciphertext under the ring's active
/// key. What is plain stays the same, so that no revision, date, fingerprint or cache changes. It can be broken off and run again: what
/// is done already is left alone.</summary>
internal sealed class Reencryption(
    IDbContextFactory<HostDbContext> contexts, KeyRingRotation rotation, KeyRingRepository repository, MasterKeys keys, KeyRing ring,
    SecretProtector protector, IEnumerable<ICiphertextTable> others, TimeProvider clock)
{
    /// <summary>Does it, one step per yield.</summary>
    public async IAsyncEnumerable<ReencryptionStep> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await AuditAsync("secrets.reencryption_started", null, cancellationToken);
        var (rows, renewed, problems) = (0, 0, 0);
        yield return await rotation.RunAsync(cancellationToken);
        ICiphertextTable[] tables =
            [new AnchorTable(ring), new IntegrationTable(protector), new RevisionTable(protector), new StateTable(ring), .. others];
        foreach (var table in tables)
        {
            await foreach (var step in table.RenewAsync(contexts, cancellationToken))
            {
                (rows, renewed, problems) = (rows + step.Rows, renewed + step.Renewed, problems + step.Problems.Count);
                yield return step;
            }
        }

        await AuditAsync("secrets.reencrypted", new { rows, renewed, problems }, cancellationToken);
    }

    /// <summary>Whether the ring can be read without the previous master key.</summary>
    public async Task<bool> IsCurrentKeyEnoughAsync(CancellationToken cancellationToken) =>
        (await repository.FindMasterKeysAsync(cancellationToken)).All(id => id == keys.Current.Id);

    // It is no one transaction, so that its start is told before anything is changed.
    private async Task AuditAsync(string action, object? details, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Add(new AuditEvent
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            At = clock.GetUtcNow(),
            Actor = Caller.CommandLine.Name,
            Action = action,
            Subject = $"master key {keys.Current.Id}",
            Details = details is null ? null : JsonSerializer.Serialize(details),
        });
        await context.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>A part of a table that was gone through.</summary>
/// <param name="Table">Its name in the database.</param>
/// <param name="Rows">How many rows were looked at.</param>
/// <param name="Renewed">How many of them were written.</param>
/// <param name="Problems">What could not be decrypted: table, id and path, never a value.</param>
internal sealed record ReencryptionStep(string Table, int Rows, int Renewed, IReadOnlyList<string> Problems);
