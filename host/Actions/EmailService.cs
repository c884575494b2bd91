using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Actions;

/// <summary>Mail for the platform's own services: whoever calls needs neither server nor password, only a tenant.</summary>
internal sealed class EmailService(ActionRunner runner)
{
    /// <summary>Sends one mail through the caller's SMTP integration.</summary>
    /// <exception cref="ProblemException">It was not sent; without an integration the message is
    /// "SMTP integration not configured. Please configure in /integrations page."</exception>
    public Task<ActionResult> SendAsync(Email email, Caller caller, CancellationToken cancellationToken)
    {
        var input = new JsonObject { ["to"] = Addresses(email.To), ["subject"] = email.Subject };
        if (email.Cc.Count > 0) input["cc"] = Addresses(email.Cc);
        if (email.Bcc.Count > 0) input["bcc"] = Addresses(email.Bcc);
        if (email.Text is not null) input["text"] = email.Text;
        if (email.Html is not null) input["html"] = email.Html;
        return runner.RunAsync(
            new ActionRequest
            {
                Type = "smtp",
                Action = "send_email",
                Input = JsonSerializer.SerializeToUtf8Bytes(input),
                Caller = caller,
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
