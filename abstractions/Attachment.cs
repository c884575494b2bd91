using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vaka.Plugins;

/// <summary>A file that travels with an input: <c>{filename, content_type, content_base64, content_id?}</c>.</summary>
public sealed record Attachment
{
    /// <summary>The name that the receiver sees; no path.</summary>
    [Display(Name = "File name", Description = "The name that the receiver sees; no path.")]
    [StringLength(255, MinimumLength = 1)]
    public required string Filename { get; init; }

    /// <summary>The media type, such as <c>application/pdf</c>.</summary>
    [Display(Name = "Content type", Description = "The media type, such as application/pdf.")]
    [StringLength(255, MinimumLength = 3)]
    public required string ContentType { get; init; }

    /// <summary>The bytes, in base64 on the wire.</summary>
    [Display(Name = "Content", Description = "The bytes of the file in base64.")]
    public required ReadOnlyMemory<byte> ContentBase64 { get; init; }

    /// <summary>Names an inline image, so that HTML can show it as <c>cid:…</c>; default: an ordinary attachment.</summary>
    [Display(Name = "Content id", Description = "Names an inline image, so that HTML can show it as cid:…; left empty for an ordinary attachment.")]
    [StringLength(255, MinimumLength = 1)]
    public string? ContentId { get; init; }

    /// <summary>Length in bytes.</summary>
    [JsonIgnore]
    public long Length => ContentBase64.Length;

    /// <summary>Opens the bytes without copying them.</summary>
    public Stream OpenRead() =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(ContentBase64, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false) // TryGetArray said that there is one
            : new MemoryStream(ContentBase64.ToArray(), writable: false);

    /// <summary>Name and size only.</summary>
    public override string ToString() => $"{Filename} ({Length} bytes)";
}
