using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>What an issue can become from where it is.</summary>
internal sealed class ListTransitions : IntegrationAction<JiraConfig, ListTransitionsInput, ListTransitionsOutput>
{
    public override string Name => "list_transitions";

    public override string Title => "List the transitions of an issue";

    public override string Description =>
        "Lists the moves that an issue can make from its present status, each with the status it leads to and the fields it requires. Their "
        + "names and ids go into transition_issue.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<ListTransitionsOutput> ExecuteAsync(
        ListTransitionsInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        new(await Transition.ListAsync(input.Issue, JiraClient.Of(config, context), cancellationToken).ConfigureAwait(false));
}

/// <summary>Which issue.</summary>
internal sealed record ListTransitionsInput : IssueInput;

/// <summary>The moves.</summary>
internal sealed record ListTransitionsOutput(
    [property: Display(Name = "Transitions", Description = "Empty: the workflow, or the account's permissions, allow none.")]
    IReadOnlyList<Transition> Transitions);
