using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>One field of a form, as the schema describes it.</summary>
public sealed record FormField
{
    /// <summary>The member's name; empty for what stands in a list or map.</summary>
    public required string Name { get; init; }

    public required FieldKind Kind { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public bool IsRequired { get; init; }

    public bool IsMultiline { get; init; }

    /// <summary>There are live choices for it.</summary>
    public bool HasOptions { get; init; }

    public string? Section { get; init; }

    public string? Placeholder { get; init; }

    public string? Unit { get; init; }

    /// <summary>What holds when it is left out.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Of a choice, and of a text that is one of a few.</summary>
    public IReadOnlyList<FormChoice> Choices { get; init; } = [];

    /// <summary>Of an object.</summary>
    public IReadOnlyList<FormField> Members { get; init; } = [];

    /// <summary>Of an object that is one of several: the member that says which, and what each looks like.</summary>
    public string Discriminator { get; init; } = "";

    public IReadOnlyList<FormBranch> Branches { get; init; } = [];

    /// <summary>What stands in a list or map.</summary>
    public FormField? Item { get; init; }

    /// <summary>It matters only while the field at this path has one of <see cref="DependsOnValues"/>.</summary>
    public string? DependsOn { get; init; }

    public IReadOnlyList<string> DependsOnValues { get; init; } = [];

    /// <summary>Whether it is filled in with one control, which a label can name.</summary>
    public bool IsSingle => Kind is not (FieldKind.Object or FieldKind.Union or FieldKind.List or FieldKind.Map);
}

/// <summary>A value to choose.</summary>
public sealed record FormChoice(JsonNode Value, string Label)
{
    public string Key => Value.ToString();
}

/// <summary>One kind of an object that is one of several.</summary>
public sealed record FormBranch(string Value, string Title, string? Description, IReadOnlyList<FormField> Members);

/// <summary>How a field is filled in.</summary>
public enum FieldKind
{
    Text,
    Url,
    Email,
    Integer,
    Number,
    Boolean,
    Choice,
    Secret,
    Object,
    Union,
    List,
    Map,

    /// <summary>Any JSON, typed as such.</summary>
    Json,
}
