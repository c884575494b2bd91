namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>What the list is narrowed to, as it stands in the address.</summary>
public sealed record ListFilterValues
{
    public string? Search { get; init; }

    public string? Type { get; init; }

    public string? Status { get; init; }

    public string? Health { get; init; }

    /// <summary>Whose rows: nothing, a UUID, or <c>all</c>.</summary>
    public string? Tenant { get; init; }
}
