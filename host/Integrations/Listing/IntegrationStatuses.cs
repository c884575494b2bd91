namespace Vaka.Plugins.Host.Integrations.Listing;

/// <summary>Which statuses a row that is switched on, or off, can have.</summary>
internal static class IntegrationStatuses
{
    public static IReadOnlyList<IntegrationStatus> All { get; } = Enum.GetValues<IntegrationStatus>();

    /// <summary>Those that pass both filters.</summary>
    public static IReadOnlyList<IntegrationStatus> Of(IntegrationStatus? only, bool? isActive) =>
        [.. All.Where(status => (only ?? status) == status && (isActive ?? IsActive(status)) == IsActive(status))];

    private static bool IsActive(IntegrationStatus status) => status switch
    {
        IntegrationStatus.Active or IntegrationStatus.Error => true,
        IntegrationStatus.Configuring or IntegrationStatus.Inactive => false,
    };
}
