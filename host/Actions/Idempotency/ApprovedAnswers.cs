using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Idempotency;

/// <summary>Keeps what came of a call whose caller was told to wait for an admin, so that the same call under its key is answered it.</summary>
internal sealed class ApprovedAnswers(IDbContextFactory<HostDbContext> databases, AnswerSeal seal)
{
    /// <summary>Keeps it, where the call had a key and nothing is kept under it yet.</summary>
    public async Task KeepAsync(Guid executionId, KeptAnswer answer)
    {
        await using var database = await databases.CreateDbContextAsync();
        var unanswered = database.Set<IdempotencyKey>().Where(key => key.ExecutionId == executionId && key.Answer == null);
        if (await unanswered.Select(key => key.Scope).SingleOrDefaultAsync() is not { } scope || seal.Close(scope, answer) is not { } closed) return;
        await unanswered.ExecuteUpdateAsync(set => set.SetProperty(key => key.Answer, closed));
    }
}
