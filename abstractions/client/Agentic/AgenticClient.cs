using System.Text.Json;

namespace Vaka.Plugins.Client;

/// <summary>Mails and webhooks for AI agents: what comes of a call is told in words that an agent can act on. Only what keeps the host from
/// answering at all, such as a wrong key, is an exception.</summary>
public sealed class AgenticClient
{
    private readonly HostConnection connection;

    internal AgenticClient(HostConnection connection) => this.connection = connection;

    /// <summary>Sends a mail.</summary>
    /// <param name="email">The mail.</param>
    /// <param name="idempotencyKey">Under which it is sent once; default: a new one, which covers retries.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun may be done all the same.</param>
    /// <exception cref="VakaException">The host refused the call itself, or did not answer.</exception>
    public Task<EmailOutcome> SendEmailAsync(
        AgenticEmail email, string? idempotencyKey = null, CancellationToken cancellationToken = default) => connection.SendAsync(
        Call("email", JsonSerializer.SerializeToUtf8Bytes(email, ClientJson.Default.AgenticEmail), idempotencyKey),
        ClientJson.Default.EmailOutcome, cancellationToken);

    /// <summary>Pushes data to a webhook.</summary>
    /// <param name="data">Any JSON.</param>
    /// <param name="integration">Name or id of the webhook that is meant; default: the default one.</param>
    /// <param name="idempotencyKey">Under which it is pushed once; default: a new one, which covers retries.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun may be done all the same.</param>
    /// <exception cref="VakaException">The host refused the call itself, or did not answer.</exception>
    public Task<PushOutcome> PushDataAsync(
        JsonElement data, string? integration = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WritePropertyName("data");
            data.WriteTo(json);
            if (integration is not null) json.WriteString("integration", integration);
            json.WriteEndObject();
        }

        return connection.SendAsync(Call("push-data", body.ToArray(), idempotencyKey), ClientJson.Default.PushOutcome, cancellationToken);
    }

    private static HostCall Call(string name, byte[] body, string? idempotencyKey) =>
        new(HttpMethod.Post, $"agentic-actions/{name}") { Body = body, IdempotencyKey = idempotencyKey ?? InvokeOptions.NewKey() };
}

/// <summary>A mail as an agent writes it.</summary>
public sealed record AgenticEmail
{
    /// <summary>To whom.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>What it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>The text.</summary>
    public required string Body { get; init; }

    /// <summary>The same as HTML.</summary>
    public string? Html { get; init; }

    /// <summary>To whom else.</summary>
    public IReadOnlyList<string>? Cc { get; init; }

    /// <summary>To whom else, without the others knowing.</summary>
    public IReadOnlyList<string>? Bcc { get; init; }
}

/// <summary>What came of a mail.</summary>
/// <param name="Sent">It was sent.</param>
/// <param name="Reason">Why not, and what to do.</param>
/// <param name="MessageId">The mail's Message-ID.</param>
/// <param name="IntegrationId">Which integration served.</param>
public sealed record EmailOutcome(bool Sent, string? Reason, string? MessageId, Guid? IntegrationId);

/// <summary>What came of pushed data.</summary>
/// <param name="Pushed">It was pushed.</param>
/// <param name="Reason">Why not, and what to do.</param>
/// <param name="StatusCode">The HTTP status of the webhook's endpoint.</param>
/// <param name="IntegrationId">Which integration served.</param>
public sealed record PushOutcome(bool Pushed, string? Reason, int? StatusCode, Guid? IntegrationId);
