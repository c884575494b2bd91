using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Slack.Conversations;

namespace Vaka.Plugins.Slack.Actions;

internal sealed class LookupUserByEmail : IntegrationAction<SlackConfig, LookupUserByEmailInput, LookupUserByEmailOutput>
{
    public override string Name => "lookup_user_by_email";

    public override string Title => "Find a person by e-mail address";

    public override string Description =>
        "Finds the person of the workspace who has an e-mail address, exactly as it is registered there. Answers the person's id, which the other "
        + "actions take and <@id> in a message mentions. Fails with not_found when there is none. Needs auth of type bot_token and the scope "
        + "users:read.email.";

    public override bool IsReadOnly => true;

    public override bool IsIdempotent => true;

    public override async Task<LookupUserByEmailOutput> ExecuteAsync(
        LookupUserByEmailInput input, SlackConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var answer = await SlackClient.Of(config, context)
            .GetAsync("users.lookupByEmail", [new("email", input.Email)], cancellationToken).ConfigureAwait(false);
        return answer.Root.Child("user") is { } json && Person.Read(json) is { } person
            ? new LookupUserByEmailOutput { User = person, Warnings = answer.Warnings }
            : throw SlackFailures.BeforeAnyEffect(SlackFailures.Incomplete("user"));
    }
}

/// <summary>Whose address.</summary>
public sealed record LookupUserByEmailInput
{
    /// <summary>The address.</summary>
    [Display(Name = "E-mail", Order = 10, Prompt = "alice@example.com", Description = "The address, as it is registered in the workspace.")]
    [EmailAddress]
    [StringLength(254, MinimumLength = 3)]
    [Sensitive]
    public required string Email { get; init; }
}

/// <summary>Who it is.</summary>
public sealed record LookupUserByEmailOutput
{
    /// <summary>The person.</summary>
    [Display(Name = "User", Order = 10)]
    public required Person User { get; init; }

    /// <summary>What Slack did not like and did all the same.</summary>
    [Display(Name = "Warnings", Order = 20)]
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
