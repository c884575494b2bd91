using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class ListUsers : IntegrationAction<SlackConfig, ListUsersInput, ListUsersOutput>
{
    public override string Name => "list_users";

    public override string Title => "List people";

    public override string Description =>
        "Lists the people of the workspace, a page at a time: id, names, and the e-mail address where the app has the scope users:read.email. "
        + "Pass next_cursor back as cursor for the next page, until it is absent; a page may hold less than limit, even nothing. Where the "
        + "address is known, lookup_user_by_email is quicker. Needs auth of type bot_token and the scope users:read.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<ListUsersOutput> ExecuteAsync(
        ListUsersInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var page = await PeoplePage.GetAsync(SlackClient.Of(config, context), input.Limit, input.Cursor, cancellationToken).ConfigureAwait(false);
        return new ListUsersOutput
        {
            Users = [.. page.Items.Where(person => (input.IncludeDeleted || !person.Deleted) && (input.IncludeBots || !person.IsBot))],
            NextCursor = page.NextCursor,
            Warnings = page.Warnings,
        };
    }
}

/// <summary>Which people.</summary>
public sealed record ListUsersInput
{
    /// <summary>With accounts that are switched off; default <c>false</c>.</summary>
    [Display(Name = "With deleted", Order = 10, Description = "Lists accounts that are switched off as well.")]
    public bool IncludeDeleted { get; init; }

    /// <summary>With bots; default <c>false</c>.</summary>
    [Display(Name = "With bots", Order = 20, Description = "Lists bots as well.")]
    public bool IncludeBots { get; init; }

    /// <summary>How many at most; default 100.</summary>
    [Display(Name = "Limit", Order = 30, Description = "How many at most.")]
    [Range(1, 200)]
    public int Limit { get; init; } = 100;

    /// <summary>Where the page begins; default: at the beginning.</summary>
    [Display(Name = "Cursor", Order = 40, Description = "The next_cursor of the page before; left out: the first page.")]
    [StringLength(1024, MinimumLength = 1)]
    public string? Cursor { get; init; }
}

/// <summary>A page of people.</summary>
public sealed record ListUsersOutput
{
    /// <summary>The people.</summary>
    [Display(Name = "Users", Order = 10)]
    public required IReadOnlyList<Person> Users { get; init; }

    /// <summary>Where the next page begins; absent on the last.</summary>
    [Display(Name = "Next cursor", Order = 20)]
    public string? NextCursor { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 30)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
