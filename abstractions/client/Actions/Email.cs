namespace Vaka.Plugins.Client;

/// <summary>A mail. An address is <c>a@b</c> or <c>Name &lt;a@b&gt;</c>; <see cref="Text"/> or <see cref="Html"/> is needed.</summary>
public sealed record Email
{
    /// <summary>To whom.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>To whom else.</summary>
    public IReadOnlyList<string>? Cc { get; init; }

    /// <summary>To whom else, without the others knowing.</summary>
    public IReadOnlyList<string>? Bcc { get; init; }

    /// <summary>What it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>The text.</summary>
    public string? Text { get; init; }

    /// <summary>The same as HTML.</summary>
    public string? Html { get; init; }

    /// <summary>Where answers go; default: as the integration says.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Files, 25 MiB together at most.</summary>
    public IReadOnlyList<EmailAttachment>? Attachments { get; init; }
}

/// <summary>A file in a mail.</summary>
public sealed record EmailAttachment
{
    /// <summary>Its name.</summary>
    public required string Filename { get; init; }

    /// <summary>Such as <c>application/pdf</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>What is in it.</summary>
    public required byte[] ContentBase64 { get; init; }

    /// <summary>Under which the HTML shows it, as <c>cid:…</c>.</summary>
    public string? ContentId { get; init; }
}

/// <summary>What the mail server took.</summary>
public sealed record EmailReceipt
{
    /// <summary>The mail's Message-ID.</summary>
    public required string MessageId { get; init; }

    /// <summary>For whom it was taken.</summary>
    public required IReadOnlyList<string> Accepted { get; init; }

    /// <summary>For whom it was not, and why.</summary>
    public required IReadOnlyList<RejectedRecipient> Rejected { get; init; }

    /// <summary>The server's own words.</summary>
    public string? Response { get; init; }
}

/// <summary>Somebody for whom a mail was not taken.</summary>
/// <param name="Address">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record RejectedRecipient(string Address, string Reason);
