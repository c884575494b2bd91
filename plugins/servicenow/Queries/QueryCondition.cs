using System.ComponentModel.DataAnnotations;

namespace Vaka.Plugins.ServiceNow.Queries;

/// <summary>One condition of a query.</summary>
public sealed record QueryCondition
{
    /// <summary>The field; with dots through references.</summary>
    [Display(Name = "Field", Order = 10, Prompt = "state",
        Description = "The field's name, such as state; with dots through references, such as caller_id.email.")]
    [StringLength(200, MinimumLength = 1)]
    public required string Field { get; init; }

    /// <summary>How to compare.</summary>
    [Display(Name = "Operator", Order = 20,
        Description = "How to compare. in and not_in take values, between takes two values, is_empty and is_not_empty take none, all others "
            + "take value.")]
    public required QueryOperator Operator { get; init; }

    /// <summary>What to compare with.</summary>
    [Display(Name = "Value", Order = 30,
        Description = "What to compare with: the stored value, not the label (state 6, not Resolved; sys_id for references). Dates and "
            + "times are UTC, "
            + "as 2026-01-31 09:30:00; true and false for flags. No '^' and no line breaks.")]
    [StringLength(QueryValue.MaxLength)]
    public string? Value { get; init; }

    /// <summary>For <c>in</c>, <c>not_in</c> and <c>between</c>.</summary>
    [Display(Name = "Values", Order = 40,
        Description = "For in and not_in: 1 to 200 values without commas. For between: the lower and the upper bound, both included.")]
    [Length(1, 200)]
    public IReadOnlyList<string>? Values { get; init; }
}

/// <summary>How a condition compares.</summary>
public enum QueryOperator
{
    /// <summary>Equal.</summary>
    Is,

    /// <summary>Not equal.</summary>
    IsNot,

    /// <summary>The text occurs in it.</summary>
    Contains,

    /// <summary>The text does not occur in it.</summary>
    NotContains,

    /// <summary>It begins with the text.</summary>
    StartsWith,

    /// <summary>It ends with the text.</summary>
    EndsWith,

    /// <summary>One of the values.</summary>
    In,

    /// <summary>None of the values.</summary>
    NotIn,

    /// <summary>Above.</summary>
    GreaterThan,

    /// <summary>Above or equal.</summary>
    GreaterOrEqual,

    /// <summary>Below.</summary>
    LessThan,

    /// <summary>Below or equal.</summary>
    LessOrEqual,

    /// <summary>From the first to the second value, both included.</summary>
    Between,

    /// <summary>Without a value.</summary>
    IsEmpty,

    /// <summary>With a value.</summary>
    IsNotEmpty,
}

/// <summary>How conditions are joined.</summary>
public enum QueryMatch
{
    /// <summary>All of them hold.</summary>
    All,

    /// <summary>At least one of them holds.</summary>
    Any,
}

/// <summary>One field to sort by.</summary>
public sealed record QueryOrder
{
    /// <summary>The field.</summary>
    [Display(Name = "Field", Order = 10, Prompt = "sys_created_on", Description = "The field to sort by, such as sys_created_on.")]
    [StringLength(200, MinimumLength = 1)]
    public required string Field { get; init; }

    /// <summary>Which way.</summary>
    [Display(Name = "Direction", Order = 20, Description = "ascending: smallest and oldest first; descending: largest and newest first.")]
    public SortDirection Direction { get; init; } = SortDirection.Ascending;
}

/// <summary>Which way to sort.</summary>
public enum SortDirection
{
    /// <summary>Smallest first.</summary>
    Ascending,

    /// <summary>Largest first.</summary>
    Descending,
}
