using System.Collections.ObjectModel;
using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.Webhook;

/// <summary>Where to push, how to prove who pushes, and in which form.</summary>
public sealed record WebhookConfig : IHasTimeout
{
    private const string DestinationGroup = "Destination";
    private const string SignatureGroup = "Signature";
    private const string AuthenticationGroup = "Authentication";
    private const string FormatGroup = "Format";

    /// <summary>The endpoint; <c>https</c>, or <c>http</c> with a warning. It holds no user name, password or fragment.</summary>
    [Display(Name = "URL", GroupName = DestinationGroup, Order = 10, Prompt = "https://example.com/hooks/orders",
        Description = "The address of the endpoint. Redirects are not followed: give the final address.")]
    [Url]
    [StringLength(2048, MinimumLength = 1)]
    public required string Url { get; init; }

    /// <summary>The HTTP method. <c>GET</c> and <c>DELETE</c> carry no body.</summary>
    [Display(Name = "Method", GroupName = DestinationGroup, Order = 20,
        Description = "How the endpoint is called. GET and DELETE carry no body, so that a call must give data as null.")]
    [AllowedValues("POST", "PUT", "PATCH", "GET", "DELETE")]
    public string Method { get; init; } = "POST";

    /// <summary>Headers sent with every call, readable by everyone who may see the integration.</summary>
    [Display(Name = "Headers", GroupName = DestinationGroup, Order = 30,
        Description = "Sent with every call. For values that nobody may read use secret headers.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Headers sent with every call whose values are secrets.</summary>
    [Display(Name = "Secret headers", GroupName = DestinationGroup, Order = 40,
        Description = "Sent with every call; their values are stored encrypted and never shown again.")]
    [SecretFor("url", "pinned_certificate")]
    public IReadOnlyDictionary<string, SecretString> SecretHeaders { get; init; } = ReadOnlyDictionary<string, SecretString>.Empty;

    /// <summary>SHA-256 fingerprint of the only server certificate that is accepted; default: the system's roots decide.</summary>
    [Display(Name = "Pinned certificate", GroupName = DestinationGroup, Order = 50, Prompt = "AB:CD:EF:…",
        Description = "SHA-256 fingerprint, in hexadecimal, of the only server certificate to accept. For endpoints with a certificate of "
            + "their own making; leave it empty otherwise.")]
    [StringLength(95, MinimumLength = 64)]
    public string? PinnedCertificate { get; init; }

    /// <inheritdoc/>
    [Display(Name = "Timeout", GroupName = DestinationGroup, Order = 60,
        Description = "How long one attempt may take.")]
    [Range(1, 300)]
    [Unit("seconds")]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>How the sender proves who it is, beside the signature.</summary>
    [Display(Name = "Authentication", GroupName = AuthenticationGroup, Order = 70,
        Description = "What the endpoint asks for, beside the signature.")]
    public WebhookAuth Auth { get; init; } = new NoAuth();

    /// <summary>Signs every call by Standard Webhooks: <c>whsec_</c> and the base64 of 24 to 64 random bytes.</summary>
    [Display(Name = "Signing secret", GroupName = SignatureGroup, Order = 80, Prompt = "whsec_…",
        Description = "whsec_ followed by the base64 of 24 to 64 random bytes. The receiver verifies the webhook-signature header with it.")]
    [SecretFor("url", "pinned_certificate")]
    public SecretString? SigningSecret { get; init; }

    /// <summary>The secret before a rotation; signed with as well until <see cref="PreviousValidUntil"/>.</summary>
    [Display(Name = "Previous signing secret", GroupName = SignatureGroup, Order = 90, Prompt = "whsec_…",
        Description = "During a rotation: the old secret, with which calls are signed as well until the time below.")]
    [SecretFor("url", "pinned_certificate")]
    public SecretString? PreviousSigningSecret { get; init; }

    /// <summary>When <see cref="PreviousSigningSecret"/> ends.</summary>
    [Display(Name = "Previous secret valid until", GroupName = SignatureGroup, Order = 100,
        Description = "When the previous signing secret ends; 24 hours from now is usual.")]
    public DateTimeOffset? PreviousValidUntil { get; init; }

    /// <summary>The form of the message: <c>plain</c>, <c>cloudevents_binary</c> or <c>cloudevents_structured</c>.</summary>
    [Display(Name = "Format", GroupName = FormatGroup, Order = 110,
        Description = "plain: the body is the data. cloudevents_binary: the same, with CloudEvents 1.0 attributes in ce- headers. "
            + "cloudevents_structured: the body is a CloudEvents 1.0 envelope around the data.")]
    [AllowedValues(WebhookFormat.Plain, WebhookFormat.CloudEventsBinary, WebhookFormat.CloudEventsStructured)]
    public string Format { get; init; } = WebhookFormat.Plain;

    /// <summary>The <c>source</c> of CloudEvents, a URI reference; default <c>urn:vaka:integration:{id}</c>.</summary>
    [Display(Name = "CloudEvents source", GroupName = FormatGroup, Order = 120, Prompt = "https://example.com/orders",
        Description = "The source attribute of every event, a URI reference; left empty, the id of this integration.")]
    [DependsOn("format", WebhookFormat.CloudEventsBinary, WebhookFormat.CloudEventsStructured)]
    [StringLength(1024, MinimumLength = 1)]
    public string? CloudEventSource { get; init; }
}

/// <summary>The values of <see cref="WebhookConfig.Format"/>.</summary>
internal static class WebhookFormat
{
    public const string Plain = "plain";
    public const string CloudEventsBinary = "cloudevents_binary";
    public const string CloudEventsStructured = "cloudevents_structured";
}
