using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Admin;

/// <summary>A row of the page. Public because a component's parameters are.</summary>
public sealed record ShownIntegration(
    string Name, bool IsDefault, string Type, string Status, string? HealthStatus, string Health, string Changed)
{
    internal static ShownIntegration From(Integration row) => new(
        row.Name,
        row.IsDefault,
        row.IntegrationType,
        $"{Word(row.Status)} {row.StatusReason}",
        row.HealthStatus is { } status ? Word(status) : null,
        row.HealthStatus is { } health ? $"{Word(health)}: {row.HealthMessage}" : "not checked yet",
        row.UpdatedAt.ToString("yyyy-MM-dd HH:mm 'UTC'"));

    internal static string Word(Enum value) => value.ToString().ToLowerInvariant();
}

/// <summary>A provider as the page shows it.</summary>
public sealed record ShownProvider(string DisplayName, string Type, string? Version, string State)
{
    internal static ShownProvider From(PluginEntry entry) => new(
        entry.Plugin?.Descriptor.DisplayName ?? entry.Type,
        entry.Type,
        entry.Version,
        entry.StateReason is null ? ShownIntegration.Word(entry.State) : $"{ShownIntegration.Word(entry.State)}: {entry.StateReason}");
}
