using MimeKit;
using Vaka.Plugins.Smtp.Actions;

namespace Vaka.Plugins.Smtp.Messages;

/// <summary>The content of a mail: text and HTML as alternatives, images that the HTML shows beside it, other files after it.</summary>
internal static class MessageBody
{
    private const long MaxAttachments = 25L * 1024 * 1024;

    public static MimeEntity Build(SendEmailInput input, List<FieldError> errors)
    {
        if (input.Text is null && input.Html is null)
        {
            errors.Add(new("text", "Give text, html, or both."));
        }

        if (input.Attachments.Sum(attachment => attachment.Length) > MaxAttachments)
        {
            errors.Add(new("attachments", "The attachments have more than 25 MiB together. Send a link instead."));
        }

        List<MimePart> inline = [];
        List<MimePart> files = [];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < input.Attachments.Count; i++)
        {
            var attachment = input.Attachments[i];
            if (Part(attachment, $"attachments[{i}]", errors) is not { } part)
            {
                continue;
            }

            if (part.ContentId is { } id && !ids.Add(id))
            {
                errors.Add(new($"attachments[{i}].content_id", "Another attachment has the same content_id."));
            }

            (part.ContentId is not null && input.Html is not null ? inline : files).Add(part);
        }

        var body = Text(input, inline);
        return files.Count == 0 ? body : Multi("mixed", [body, .. files]);
    }

    private static MimeEntity Text(SendEmailInput input, List<MimePart> inline)
    {
        if (input.Html is null)
        {
            return TextPart("plain", input.Text ?? "");
        }

        MimeEntity html = TextPart("html", input.Html);
        if (inline.Count > 0)
        {
            html = new MultipartRelated { html };
            inline.ForEach(((MultipartRelated)html).Add);
        }

        return input.Text is null ? html : Multi("alternative", [TextPart("plain", input.Text), html]);
    }

    private static TextPart TextPart(string subtype, string text) => new(subtype) { Text = LineFeeds(text) };

    // A lone carriage return is not a line end to one server and is to the next: what stands between two of them could pass for the end of
    // the mail ("SMTP smuggling").
    private static string LineFeeds(string text) =>
        text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : text;

    private static Multipart Multi(string subtype, IEnumerable<MimeEntity> parts)
    {
        var multipart = new Multipart(subtype);
        foreach (var part in parts)
        {
            multipart.Add(part);
        }

        return multipart;
    }

    private static MimePart? Part(Attachment attachment, string path, List<FieldError> errors)
    {
        var known = errors.Count;
        if (attachment.Filename.Length == 0 || attachment.Filename.Any(c => char.IsControl(c) || c is '/' or '\\'))
        {
            errors.Add(new($"{path}.filename", "Give a file name without path and control characters."));
        }

        if (attachment.ContentType.Any(c => char.IsControl(c) || c > '\x7e') || !ContentType.TryParse(attachment.ContentType, out var type))
        {
            errors.Add(new($"{path}.content_type", "This is not a media type. Write it as application/pdf; application/octet-stream fits "
                + "every file."));
            return null;
        }

        if (type.MediaType.ToLowerInvariant() is "multipart" or "message")
        {
            errors.Add(new($"{path}.content_type", "A mail or a part of one cannot be attached as such. Use application/octet-stream."));
        }

        if (attachment.ContentId is { } id && (id.Length == 0 || id.Any(c => c is <= ' ' or >= '\x7f' or '<' or '>')))
        {
            errors.Add(new($"{path}.content_id", "A content_id has visible ASCII characters without angle brackets, such as "
                + "logo@example."));
        }

        if (errors.Count > known)
        {
            return null;
        }

        var part = new MimePart(type)
        {
            Content = new MimeContent(attachment.OpenRead()),
            ContentTransferEncoding = ContentEncoding.Base64,
            ContentDisposition = new(attachment.ContentId is null ? ContentDisposition.Attachment : ContentDisposition.Inline),
            FileName = attachment.Filename,
        };
        if (attachment.ContentId is not null)
        {
            part.ContentId = attachment.ContentId;
        }

        return part;
    }
}
