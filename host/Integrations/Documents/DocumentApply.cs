using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Carries out what a plan says, in one transaction: all of it or nothing. A document that was applied before changes nothing.</summary>
internal sealed class DocumentApply(DocumentPlanner planner, IntegrationDrafts drafts, IntegrationWrites writes)
{
    private const int MostErrors = 100;

    /// <param name="request">What.</param>
    /// <param name="planHash">Of the plan that is to be carried out; <c>null</c>: whatever it is by now.</param>
    /// <param name="caller">Who.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ProblemException">As of the planner, and what is wrong with any integration; <see cref="ProblemCode.RevisionConflict"/>:
    /// something has changed since the plan.</exception>
    public async Task<DocumentPlan> ApplyAsync(DocumentRequest request, string? planHash, Caller caller, CancellationToken cancellationToken)
    {
        var planned = await planner.PlanAsync(request, caller, cancellationToken);
        if (planHash is not null && planHash != planned.Plan.PlanHash)
            throw new ProblemException(ProblemCode.RevisionConflict, "The document or the integrations changed since this plan was made. Plan again.");
        if (planned.Refusal is { } refusal) throw Refused(refusal, planned.Plan);
        if (planned.Writes.Count == 0) return planned.Plan;
        await writes.RunAsync(
            caller,
            async write =>
            {
                foreach (var toWrite in planned.Writes)
                {
                    await WriteAsync(toWrite, write, cancellationToken);
                    write.Context.ChangeTracker.Clear(); // it is saved, and would only be looked at again and again
                }

                return planned.Plan;
            },
            cancellationToken);
        return planned.Plan;
    }

    private Task<Integration> WriteAsync(PlannedWrite planned, IntegrationWrite write, CancellationToken cancellationToken) => planned switch
    {
        { Id: { } id, Draft: { } draft } => drafts.ReplaceAsync(id, draft, planned.Revision, write, cancellationToken),
        { Id: { } id } => drafts.DeleteAsync(id, planned.Revision, write, cancellationToken),
        { Draft: { } draft } => drafts.CreateAsync(draft, write, cancellationToken),
        _ => throw new InvalidOperationException("A write of nothing to nothing."),
    };

    private static ProblemException Refused(ProblemCode code, DocumentPlan plan) => new(
        code, "Nothing was changed: the document has integrations that cannot be saved. 'errors' says which and why.")
    {
        Errors =
        [
            .. plan.Items.SelectMany(item => item.Errors.Select(error =>
                error with { Path = error.Path.Length == 0 ? item.Name : $"{item.Name}: {error.Path}" })).Take(MostErrors),
        ],
    };
}
