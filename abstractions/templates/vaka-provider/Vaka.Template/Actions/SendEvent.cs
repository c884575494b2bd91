using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins;

namespace Vaka_Template.Actions;

public sealed record SendEventInput
{
    [Display(Name = "Summary", Description = "What happened, in one sentence.")]
    [StringLength(200, MinimumLength = 1)]
    public required string Summary { get; init; }
}

/// <param name="EventId">What the event is known by from now on.</param>
public sealed record SendEventOutput(
    [property: Display(Name = "Event id", Description = "What the event is known by from now on.")] string EventId);

public sealed class SendEvent : IntegrationAction<VendorConfig, SendEventInput, SendEventOutput>
{
    public override string Name => "send_event";

    public override string Title => "Send an event";

    public override string Description => "Sends an event with a sentence that says what happened. Answers the event's id.";

    /// <summary>A receiver knows a repetition by the id, so that the host may try again.</summary>
    public override bool IsIdempotent => true;

    public override bool IsTenantSafe => true;

    public override async Task<SendEventOutput> ExecuteAsync(
        SendEventInput input, VendorConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["id"] = context.DeduplicationKey, ["summary"] = input.Summary };
        await VendorClient.SendAsync(HttpMethod.Post, "v1/events", body, config, context, cancellationToken);
        return new SendEventOutput(context.DeduplicationKey);
    }
}
