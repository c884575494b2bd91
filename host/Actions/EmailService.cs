using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Idempotency;

namespace Vaka.Plugins.Host.Actions;

/// <summary>Mail for the platform's own services: whoever calls needs neither server nor password, only a tenant.</summary>
internal sealed class EmailService(IdempotentCalls calls)
{
    /// <summary>Sends one mail through the caller's SMTP integration.</summary>
    /// <param name="email">The mail.</param>
    /// <param name="caller">Who sends it, and for whom.</param>
    /// <param name="idempotencyKey">Under which it is sent once; <c>null</c>: however often this is called.</param>
    /// <param name="cancellationToken">Heeded until the mail is on its way.</param>
    /// <exception cref="ProblemException">It was not sent; without an integration the message is
    /// "SMTP integration not configured. Please configure in /integrations page."</exception>
    public Task<ActionResult> SendAsync(Email email, Caller caller, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var input = new JsonObject { ["to"] = Addresses(email.To), ["subject"] = email.Subject };
        if (email.Cc.Count > 0) input["cc"] = Addresses(email.Cc);
        if (email.Bcc.Count > 0) input["bcc"] = Addresses(email.Bcc);
        if (email.Text is not null) input["text"] = email.Text;
        if (email.Html is not null) input["html"] = email.Html;
        return calls.RunAsync(
            new ActionRequest
            {
                Type = "smtp",
                Action = "send_email",
                Input = JsonSerializer.SerializeToUtf8Bytes(input),
                Caller = caller,
                IdempotencyKey = idempotencyKey,
            },
            cancellationToken);
    }

    private static JsonArray Addresses(IEnumerable<string> addresses) => new([.. addresses.Select(address => JsonValue.Create(address))]);
}

/// <summary>One mail.</summary>
internal sealed record Email
{
    public required IReadOnlyList<string> To { get; init; }

    public required string Subject { get; init; }

    public string? Text { get; init; }

    public string? Html { get; init; }

    public IReadOnlyList<string> Cc { get; init; } = [];

    public IReadOnlyList<string> Bcc { get; init; } = [];

    /// <summary>Its size only: mail is people's own.</summary>
    public override string ToString() => $"mail to {To.Count + Cc.Count + Bcc.Count} recipients";
}
