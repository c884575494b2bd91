using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Smtp.Messages;

namespace Vaka.Plugins.Smtp.Actions;

/// <summary>Sends one mail.</summary>
internal sealed class SendEmail : IntegrationAction<SmtpConfig, SendEmailInput, SendEmailOutput>
{
    public override string Name => "send_email";

    public override string Title => "Send an e-mail";

    public override string Description =>
        "Sends one e-mail from the configured address. Needs at least one recipient in 'to', a subject, and text, html or both (both: the "
        + "reader's program chooses). An address is a@b or Name <a@b>. Answers the Message-Id, the addresses that the server took, those "
        + "that it "
        + "refused with the reason, and the server's own words. Taken is not delivered: a mail may still bounce later.";

    // The sender is the integration's; a caller chooses recipients and content only, and learns nothing of the account.
    public override bool IsTenantSafe => true;

    public override async Task<SendEmailOutput> ExecuteAsync(
        SendEmailInput input, SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var message = SmtpMessage.Build(input, config, context);
        var receipt = await new SmtpClient(config, context).SendAsync(message, cancellationToken).ConfigureAwait(false);
        return new SendEmailOutput
        {
            MessageId = $"<{message.Content.MessageId}>",
            Accepted = [.. receipt.Accepted.Select(recipient => recipient.Given)],
            Rejected = [.. receipt.Refusals.Select(refusal => new RejectedRecipient(refusal.Recipient.Given, refusal.Reason))],
            Response = receipt.Response,
        };
    }

    public override Task<ActionPreview?> PreviewAsync(
        SendEmailInput input, SmtpConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var message = SmtpMessage.Build(input, config, context);
        return Task.FromResult<ActionPreview?>(new ActionPreview($"Sends '{input.Subject}' to {message.Recipients.Count} recipient(s).")
        {
            Details =
            [
                new("from", message.Sender.ToString()),
                .. message.Recipients.Select(recipient => KeyValuePair.Create(recipient.Path, recipient.Given)),
            ],
        });
    }
}

/// <summary>A mail.</summary>
internal sealed record SendEmailInput
{
    public const int MaxRecipients = 500;
    public const int MaxSubject = 998;

    [Display(Name = "To", Order = 10, Description = "The recipients, each as a@b or Name <a@b>; with cc and bcc at most 500.")]
    [MinLength(1)]
    [MaxLength(MaxRecipients)]
    public required IReadOnlyList<string> To { get; init; }

    [Display(Name = "Cc", Order = 20, Description = "Recipients of a copy.")]
    [MaxLength(MaxRecipients)]
    public IReadOnlyList<string> Cc { get; init; } = [];

    [Display(Name = "Bcc", Order = 30, Description = "Recipients of a copy that no other recipient sees.")]
    [MaxLength(MaxRecipients)]
    public IReadOnlyList<string> Bcc { get; init; } = [];

    [Display(Name = "Subject", Order = 40, Description = "The subject; one line.")]
    [StringLength(MaxSubject)]
    public required string Subject { get; init; }

    [Display(Name = "Text", Order = 50, Description = "The content as plain text; text or html is needed.")]
    [Multiline]
    [Sensitive]
    public string? Text { get; init; }

    [Display(Name = "HTML", Order = 60, Description = "The content as HTML; an inline image is shown as <img src=\"cid:CONTENT_ID\">.")]
    [Multiline]
    [Sensitive]
    public string? Html { get; init; }

    [Display(Name = "Reply to", Order = 70, Description = "Where answers go; default: as the integration says.")]
    [StringLength(320)]
    public string? ReplyTo { get; init; }

    [Display(Name = "Headers", Order = 80, Description = "More headers, such as List-Unsubscribe; at most 50. Those that the mail has "
        + "anyway cannot be set here.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [Display(Name = "Attachments", Order = 90, Description = "Files, at most 25 MiB together. One with a content_id is an image that the "
        + "html shows.")]
    [MaxLength(100)]
    [Sensitive]
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>What became of it.</summary>
internal sealed record SendEmailOutput
{
    [Display(Name = "Message-Id", Description = "The Message-Id header of the mail.")]
    public required string MessageId { get; init; }

    [Display(Name = "Accepted", Description = "The addresses that the server took.")]
    public required IReadOnlyList<string> Accepted { get; init; }

    [Display(Name = "Rejected", Description = "The addresses that the server refused. A reason that begins with 'temporary' may pass: "
        + "send to that address again later.")]
    public required IReadOnlyList<RejectedRecipient> Rejected { get; init; }

    [Display(Name = "Response", Description = "The server's own words, usually with its queue id.")]
    public required string Response { get; init; }
}

/// <summary>An address that the server refused, and why.</summary>
internal sealed record RejectedRecipient(string Address, string Reason);
