using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Slack.Messages;

/// <summary>Data for programs, beside a message: https://docs.slack.dev/messaging/message-metadata.</summary>
public sealed record MessageMetadata
{
    /// <summary>What happened.</summary>
    [Display(Name = "Event type", Description = "What happened, in letters, digits and underscores, such as incident_created.")]
    [RegularExpression("[A-Za-z0-9_]{1,255}", ErrorMessage = "An event type has letters, digits and underscores only.")]
    public required string EventType { get; init; }

    /// <summary>The data.</summary>
    [Display(Name = "Event payload", Description = "The data: an object of texts, numbers and booleans, or of objects of them.")]
    [Sensitive]
    public required JsonObject EventPayload { get; init; }

    internal JsonObject Write() => new() { ["event_type"] = EventType, ["event_payload"] = EventPayload.DeepClone() };
}
