using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Actions;

internal sealed class PostCard : IntegrationAction<TeamsConfig, PostCardInput, PostOutput>
{
    public override string Name => "post_card";

    public override string Title => "Post an Adaptive Card";

    public override string Description =>
        "Posts an Adaptive Card of your own (schema 1.5 or lower) to the one channel or chat that the integration is configured for. "
        + "Give the card object alone: {\"type\": \"AdaptiveCard\", \"version\": \"1.5\", \"body\": [...]}. It is checked before it is "
        + "sent: kinds of elements and actions, required members, unique ids, 28 KB as Teams counts it; each fault is named by its "
        + "path. @mentions: write <at>Name</at> in a text and list it in msteams.entities. Action.Submit and Action.Execute do nothing "
        + "unless a workflow or bot waits for them: use Action.OpenUrl. With a workflow URL the answer says accepted: true and "
        + "delivered: null, as the workflow posts it a moment later and never tells whether that went well. Calling it twice posts "
        + "twice. For plain text use post_message.";

    public override bool IsTenantSafe => true;

    public override Task<PostOutput> ExecuteAsync(
        PostCardInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        TeamsClient.PostAsync(Card.Of(input.Card, "card"), config, context, cancellationToken);

    public override Task<ActionPreview?> PreviewAsync(
        PostCardInput input, TeamsConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(CardPreview.Of(Card.Of(input.Card, "card"), config));
}

/// <summary>What to show.</summary>
public sealed record PostCardInput
{
    /// <summary>The card.</summary>
    [Display(Name = "Card", Order = 10,
        Description = "The Adaptive Card as a JSON object: type AdaptiveCard, version 1.5 or lower, body with elements, actions. Not "
            + "the message around it.")]
    [Sensitive]
    public required JsonElement Card { get; init; }
}
