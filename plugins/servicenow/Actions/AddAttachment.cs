using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Http.Headers;
using Vaka.Plugins.ServiceNow.Records;

namespace Vaka.Plugins.ServiceNow.Actions;

internal sealed class AddAttachment : IntegrationAction<ServiceNowConfig, AddAttachmentInput, AddAttachmentOutput>
{
    public override string Name => "add_attachment";

    public override string Title => "Attach a file";

    public override string Description =>
        "Attaches one file to a record, named by sys_id or number: an incident unless table says otherwise. The instance decides which kinds of "
        + "files and how much it takes. A file of the same name is not replaced.";

    public override async Task<AddAttachmentOutput> ExecuteAsync(
        AddAttachmentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        var client = new ServiceNowClient(config, context);
        var sysId = await RecordFinder.SysIdAsync(client, input.Table, input.SysId, input.Number, cancellationToken).ConfigureAwait(false);
        var stored = await client.UploadAsync(
            [new("table_name", input.Table), new("table_sys_id", sysId), new("file_name", input.File.Filename)],
            input.File,
            cancellationToken).ConfigureAwait(false);
        return new AddAttachmentOutput
        {
            SysId = RecordView.ValueOf(stored, "sys_id"),
            TableSysId = sysId,
            FileName = RecordView.ValueOf(stored, "file_name"),
            SizeBytes = long.TryParse(RecordView.ValueOf(stored, "size_bytes"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? size
                : input.File.Length,
        };
    }

    public override Task<ActionPreview?> PreviewAsync(
        AddAttachmentInput input, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        Check(input);
        return Task.FromResult<ActionPreview?>(new ActionPreview(
            $"Attaches '{input.File.Filename}' ({input.File.Length} bytes) to {input.Number ?? input.SysId} in {input.Table}"));
    }

    private static void Check(AddAttachmentInput input)
    {
        ServiceNowNames.CheckTable(input.Table, "table");
        RecordFinder.Check(input.SysId, input.Number);
        var name = input.File.Filename;
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl) || name.IndexOfAny(['/', '\\']) >= 0)
        {
            throw ServiceNowFailures.InvalidInput("file.filename", "A file name has no path and no control characters.");
        }

        if (!MediaTypeHeaderValue.TryParse(input.File.ContentType, out _))
        {
            throw ServiceNowFailures.InvalidInput("file.content_type", "Give a media type, such as text/plain or application/pdf.");
        }

        if (input.File.Length is 0) throw ServiceNowFailures.InvalidInput("file.content_base64", "The file is empty.");
        if (input.File.ContentId is not null)
        {
            throw ServiceNowFailures.InvalidInput("file.content_id", "An attachment of a record has no content id: leave it out.");
        }
    }
}

/// <summary>A file and where it belongs.</summary>
public sealed record AddAttachmentInput
{
    /// <summary>The table of the record.</summary>
    [Display(Name = "Table", Order = 10, Prompt = "incident", Description = "The table of the record.")]
    [RegularExpression(ServiceNowNames.TablePattern)]
    [StringLength(80, MinimumLength = 1)]
    [HasOptions]
    public string Table { get; init; } = "incident";

    /// <summary>Which record.</summary>
    [Display(Name = "sys_id", Order = 20, Description = "The sys_id of the record. Give either this or number.")]
    [RegularExpression(ServiceNowNames.SysIdPattern)]
    [StringLength(32, MinimumLength = 1)]
    public string? SysId { get; init; }

    /// <summary>Which record.</summary>
    [Display(Name = "Number", Order = 30, Prompt = "INC0010001",
        Description = "The number of the record, in tables that have one. Give either this or sys_id.")]
    [RegularExpression(ServiceNowNames.NumberPattern)]
    [StringLength(40, MinimumLength = 1)]
    public string? Number { get; init; }

    /// <summary>The file.</summary>
    [Display(Name = "File", Order = 40, Description = "The file: filename, content_type and content_base64.")]
    [Sensitive]
    public required Attachment File { get; init; }
}

/// <summary>The attachment as it was stored.</summary>
public sealed record AddAttachmentOutput
{
    /// <summary>The id of the attachment.</summary>
    [Display(Name = "sys_id", Order = 10, Description = "The id of the attachment, in sys_attachment.")]
    public required string SysId { get; init; }

    /// <summary>The id of the record.</summary>
    [Display(Name = "Table sys_id", Order = 20, Description = "The sys_id of the record that it belongs to.")]
    public required string TableSysId { get; init; }

    /// <summary>Its name.</summary>
    [Display(Name = "File name", Order = 30, Description = "The name under which it was stored.")]
    public required string FileName { get; init; }

    /// <summary>Its size.</summary>
    [Display(Name = "Size", Order = 40, Description = "Its size in bytes, as the instance counted it.")]
    public required long SizeBytes { get; init; }
}
