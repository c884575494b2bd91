using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Webhook.Actions;

namespace Vaka.Plugins.Webhook;

/// <summary>Turns an input into the message that is signed and the request that carries it. What is the same for every call of a config is
/// worked out once: keys decoded, headers laid out.</summary>
internal sealed class WebhookWriter
{
    private const string UserAgent = "Vaka-Plugins-Webhook/1.0";

    private readonly WebhookConfig config;
    private readonly HttpMethod method;
    private readonly bool hasBody;
    private readonly WebhookSignature? signature;
    private readonly BodyHmac? hmac;
    private readonly string eventSource;
    private readonly KeyValuePair<string, string>[] requestHeaders;
    private readonly KeyValuePair<string, string>[] bodyHeaders;
    private readonly FrozenSet<string> takenHeaders;

    public WebhookWriter(WebhookConfig config, Guid integrationId)
    {
        this.config = config;
        method = HttpMethod.Parse(config.Method);
        hasBody = HasBody(config);
        signature = WebhookSignature.Of(config);
        hmac = config.Auth is HmacAuth auth ? new BodyHmac(auth) : null;
        eventSource = config.CloudEventSource ?? $"urn:vaka:integration:{integrationId}";

        var headers = HeadersOf(config);
        requestHeaders = [.. headers.Where(header => !WebhookHeaders.DescribesBody(header.Key))];
        bodyHeaders = [.. headers.Where(header => WebhookHeaders.DescribesBody(header.Key))];
        takenHeaders = headers.Select(header => header.Key)
            .Append(HeaderOf(config.Auth) ?? "Authorization")
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether calls of this config carry a body (RFC 9110, sections 9.3.1 and 9.3.5).</summary>
    public static bool HasBody(WebhookConfig config) => config.Method is not ("GET" or "DELETE");

    /// <summary>The header that <paramref name="auth"/> is sent in; <c>null</c>: none.</summary>
    public static string? HeaderOf(WebhookAuth auth) => auth switch
    {
        BasicAuth or BearerAuth or OAuth2ClientCredentialsAuth => "Authorization",
        ApiKeyAuth { In: "header" } key => key.Name,
        HmacAuth hmac => hmac.Header,
        _ => null,
    };

    /// <summary>The message of a call.</summary>
    /// <exception cref="IntegrationException">The input does not fit the webhook.</exception>
    public WebhookMessage Compose(PushDataInput input, string deduplicationKey, DateTimeOffset now)
    {
        Check(input);
        var id = "msg_" + deduplicationKey;
        return !hasBody ? WebhookMessage.Empty(id, now)
            : config.Format is WebhookFormat.CloudEventsStructured ? WebhookMessage.Structured(EventOf(id, now, input), input.Data)
            : WebhookMessage.Plain(id, now, input.Data);
    }

    /// <summary>The request for one attempt to send a message.</summary>
    public HttpRequestMessage Write(WebhookMessage message, PushDataInput input, Uri target, string? token)
    {
        var request = new HttpRequestMessage(method, target);
        var headers = request.Headers;
        Add(headers, requestHeaders);
        if (input.Headers is { Count: > 0 } ofCall)
        {
            Add(headers, ofCall);
        }

        headers.TryAddWithoutValidation("webhook-id", message.Id);
        headers.TryAddWithoutValidation("webhook-timestamp", message.Timestamp);
        if (signature is not null)
        {
            headers.TryAddWithoutValidation("webhook-signature", signature.Sign(message.Signed, message.Time));
        }

        if (hmac is not null)
        {
            headers.TryAddWithoutValidation(hmac.Header, hmac.Sign(message.Body));
        }

        if (token is not null)
        {
            headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        if (config.Format is WebhookFormat.CloudEventsBinary)
        {
            Add(headers, EventOf(message.Id, message.Time, input).ToHeaders());
        }
        else if (config.Format is WebhookFormat.Plain && input.EventType is not null)
        {
            headers.TryAddWithoutValidation("webhook-event-type", CloudEvent.EncodeHeader(input.EventType));
        }

        if (hasBody)
        {
            request.Content = message.ToContent();
            Add(request.Content.Headers, bodyHeaders);
        }

        return request;
    }

    private static void Add(HttpHeaders headers, IEnumerable<KeyValuePair<string, string>> added)
    {
        foreach (var (name, value) in added)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private static List<KeyValuePair<string, string>> HeadersOf(WebhookConfig config)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["User-Agent"] = UserAgent };
        if (HasBody(config))
        {
            headers["Content-Type"] =
                config.Format is WebhookFormat.CloudEventsStructured ? CloudEvent.StructuredContentType : "application/json";
        }

        foreach (var (name, value) in config.Headers)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in config.SecretHeaders)
        {
            headers[name] = value.Reveal();
        }

        switch (config.Auth)
        {
            case BasicAuth basic:
                var pair = Encoding.UTF8.GetBytes($"{basic.Username}:{basic.Password.Reveal()}");
                headers["Authorization"] = "Basic " + Convert.ToBase64String(pair);
                break;
            case BearerAuth bearer:
                headers["Authorization"] = "Bearer " + bearer.Token.Reveal();
                break;
            case ApiKeyAuth { In: "header" } key:
                headers[key.Name] = key.Value.Reveal();
                break;
        }

        return [.. headers];
    }

    private CloudEvent EventOf(string id, DateTimeOffset time, PushDataInput input) =>
        new(id, eventSource, input.EventType ?? CloudEvent.DefaultType, time);

    private void Check(PushDataInput input)
    {
        if (input.Data.ValueKind is JsonValueKind.Undefined)
        {
            throw WebhookFailures.InvalidInput("data", "Give data: any JSON, also null.");
        }

        if (!hasBody && input.Data.ValueKind is not JsonValueKind.Null)
        {
            throw WebhookFailures.InvalidInput(
                "data", $"This webhook is called with {config.Method}, which carries no body: give data as null and put values in query.");
        }

        if (input.EventType is { } type && (type.Length is 0 or > 255 || type.Any(char.IsControl)))
        {
            throw WebhookFailures.InvalidInput("event_type", "An event type has 1 to 255 characters and no control characters.");
        }

        if (input.Headers is not { Count: > 0 } headers)
        {
            return;
        }

        if (headers.Count > WebhookHeaders.MaxCount)
        {
            throw WebhookFailures.InvalidInput("headers", $"A call gives at most {WebhookHeaders.MaxCount} headers.");
        }

        foreach (var (name, value) in headers)
        {
            WebhookHeaders.CheckOfCall(name, value, takenHeaders);
        }
    }
}
