using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Vaka.Plugins.Webhook.Actions;

internal sealed class PushData : IntegrationAction<WebhookConfig, PushDataInput, PushDataOutput>
{
    public override string Name => "push_data";

    public override string Title => "Push data";

    public override string Description =>
        "Sends data as JSON to the configured endpoint and answers its status code and text. The endpoint, its credentials and its "
        + "signature are configured by an admin. Where the endpoint is called with GET or DELETE there is no body: give data as null and "
        + "put values in query. Repetitions of one call carry the same webhook-id, by which the receiver can recognise them.";

    // Delivery of webhooks is at least once, here as everywhere: every attempt carries the same webhook-id, and a receiver for which a
    // repetition matters recognises it by that. Without this, a call that was cut would stay undelivered.
    public override bool IsIdempotent => true;

    public override bool IsTenantSafe => true;

    // A platform-wide integration is lent with the platform's credentials: where they are sent is the platform's choice alone.
    public override bool IsTenantSafeFor(PushDataInput input) =>
        input.Path is null && input.Query is not { Count: > 0 } && input.Headers is not { Count: > 0 };

    public override async Task<PushDataOutput> ExecuteAsync(
        PushDataInput input, WebhookConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = await WebhookClient.OfAsync(config, context, cancellationToken).ConfigureAwait(false);
        return await client.PushAsync(input, context, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<ActionPreview?> PreviewAsync(
        PushDataInput input, WebhookConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var client = await WebhookClient.OfAsync(config, context, cancellationToken).ConfigureAwait(false);
        var message = client.Compose(input, context);
        return new ActionPreview($"Sends {message.Body.Length} bytes with {config.Method} to {client.Address.Host}")
        {
            Details =
            [
                new("method", config.Method),
                new("host", client.Address.Host),
                new("webhook_id", message.Id),
                new("format", config.Format),
                new("bytes", message.Body.Length.ToString(CultureInfo.InvariantCulture)),
            ],
        };
    }
}

/// <summary>What to push.</summary>
public sealed record PushDataInput
{
    /// <summary>Any JSON; sent byte for byte as given. <c>null</c> where the endpoint is called with GET or DELETE.</summary>
    [Display(Name = "Data", Order = 10, Description = "Any JSON. It is sent byte for byte as given; null for a GET or DELETE webhook.")]
    [Sensitive]
    public required JsonElement Data { get; init; }

    /// <summary>What happened: the CloudEvents <c>type</c>, or a <c>webhook-event-type</c> header where the format is plain.</summary>
    [Display(Name = "Event type", Order = 20, Prompt = "com.example.order.created",
        Description = "What happened: the type of a CloudEvent; with the plain format it is sent in the header webhook-event-type.")]
    [StringLength(255, MinimumLength = 1)]
    public string? EventType { get; init; }

    /// <summary>Appended to the path of the configured URL; default: nothing.</summary>
    [Display(Name = "Path", Order = 30, Prompt = "orders/42",
        Description = "Appended to the path of the configured URL. No '..', '?' or '#'.")]
    [StringLength(2048, MinimumLength = 1)]
    public string? Path { get; init; }

    /// <summary>Added to the query of the configured URL; default: nothing.</summary>
    [Display(Name = "Query", Order = 40,
        Description = "Added to the query of the configured URL; it cannot replace a parameter that is configured.")]
    public IReadOnlyDictionary<string, string>? Query { get; init; }

    /// <summary>Further headers; default: none.</summary>
    [Display(Name = "Headers", Order = 50,
        Description = "Further headers; they cannot replace one that is configured or that the webhook sets itself.")]
    [Sensitive]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>What the endpoint answered.</summary>
public sealed record PushDataOutput
{
    /// <summary>The status code, 200 to 299.</summary>
    [Display(Name = "Status code", Order = 10)]
    public required int StatusCode { get; init; }

    /// <summary>The id that every attempt of this push carries.</summary>
    [Display(Name = "Webhook id", Order = 20)]
    public required string WebhookId { get; init; }

    /// <summary>The first 64 KiB of the answer where it is text; otherwise absent.</summary>
    [Display(Name = "Body", Order = 30, Description = "The first 64 KiB of the answer, where it is text.")]
    [Sensitive]
    public string? Body { get; init; }
}
