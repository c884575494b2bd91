using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.ServiceNow.Records;

/// <summary>A field that is not as it was asked for, although the instance answered with success.</summary>
public sealed record FieldWarning
{
    /// <summary>The field.</summary>
    [Display(Name = "Field", Order = 10, Description = "The field's name.")]
    public required string Field { get; init; }

    /// <summary>What is different and what may be the cause.</summary>
    [Display(Name = "Message", Order = 20, Description = "What is different and what may be the cause.")]
    public required string Message { get; init; }
}
