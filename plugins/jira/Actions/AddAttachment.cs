using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Jira.Issues;

namespace Vaka.Plugins.Jira.Actions;

/// <summary>Hangs files on an issue.</summary>
internal sealed class AddAttachment : IntegrationAction<JiraConfig, AddAttachmentInput, AddAttachmentOutput>
{
    public override string Name => "add_attachment";

    public override string Title => "Attach files to an issue";

    public override string Description =>
        "Attaches one to ten files, given in base64 with name and media type, to an issue. Answers the id, name, size and address of each. "
        + "Repeating the call attaches them again.";

    public override Task<ActionPreview?> PreviewAsync(
        AddAttachmentInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        Task.FromResult<ActionPreview?>(new($"Attaches {input.Attachments.Count} file(s) to {input.Issue}")
        {
            Details = [.. input.Attachments.Select(file => KeyValuePair.Create(file.Filename, $"{file.Length} bytes"))],
        });

    public override async Task<AddAttachmentOutput> ExecuteAsync(
        AddAttachmentInput input, JiraConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        foreach (var (index, attachment) in input.Attachments.Index()) Demand(attachment, $"attachments[{index}]");
        var call = new JiraCall(HttpMethod.Post, JiraCall.To($"issue/{input.Issue}/attachments"), "attach the files")
        {
            Content = () => Compose(input.Attachments),
        };
        var answer = await JiraClient.Of(config, context).ReadAsync(call, cancellationToken).ConfigureAwait(false);
        return new AddAttachmentOutput([.. answer.Items().Select(Read)]);
    }

    private static void Demand(Attachment attachment, string path)
    {
        if (attachment.Filename.Any(c => char.IsControl(c) || c is '/' or '\\') || attachment.Filename is "." or "..")
        {
            throw JiraFailures.InvalidInput($"{path}.filename", "A file name holds no path and no control characters.");
        }

        if (!MediaTypeHeaderValue.TryParse(attachment.ContentType, out _))
        {
            throw JiraFailures.InvalidInput($"{path}.content_type", "This is no media type. Give one such as application/pdf.");
        }

        if (attachment.Length is 0) throw JiraFailures.InvalidInput($"{path}.content_base64", "The file is empty, which Jira refuses.");
    }

    private static MultipartFormDataContent Compose(IReadOnlyList<Attachment> attachments)
    {
        // File names go as UTF-8, as browsers send them (RFC 7578, section 4.2); the platform would encode them as in mail.
        var form = new MultipartFormDataContent { };
        foreach (var attachment in attachments)
        {
            var part = new StreamContent(attachment.OpenRead());
            part.Headers.ContentType = MediaTypeHeaderValue.Parse(attachment.ContentType);
            part.Headers.TryAddWithoutValidation(
                "Content-Disposition",
                $"form-data; name=\"file\"; filename=\"{attachment.Filename.Replace("\"", "%22", StringComparison.Ordinal)}\"");
            form.Add(part);
        }

        form.HeaderEncodingSelector = (_, _) => Encoding.UTF8;
        return form;
    }

    private static AttachedFile Read(JsonElement file) => new()
    {
        Id = file.Text("id") ?? "",
        Filename = file.Text("filename") ?? "",
        Size = file.At("size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt64(out var bytes) ? bytes : null,
        MimeType = file.Text("mimeType"),
        Url = file.Text("content"),
        Author = Person.Read(file.At("author")),
    };
}

/// <summary>Which issue, and what.</summary>
internal sealed record AddAttachmentInput : IssueInput
{
    [Display(Name = "Attachments", Order = 10, Description = "The files, one to ten. How large each may be is set in Jira, often 10 MB.")]
    [Length(1, 10)]
    [Sensitive]
    public required IReadOnlyList<Attachment> Attachments { get; init; }
}

/// <summary>What hangs there now.</summary>
internal sealed record AddAttachmentOutput(IReadOnlyList<AttachedFile> Attachments);

/// <summary>A file of an issue.</summary>
internal sealed record AttachedFile
{
    public required string Id { get; init; }

    public required string Filename { get; init; }

    [Unit("bytes")]
    public long? Size { get; init; }

    public string? MimeType { get; init; }

    [Display(Name = "URL", Description = "Where it can be downloaded, signed in.")]
    public string? Url { get; init; }

    public Person? Author { get; init; }
}
