using System.Text.Json;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Editing;

/// <summary>What every integration has beside its config, as it is being typed.</summary>
internal sealed class GeneralSettings
{
    public string Name { get; set; } = "";

    public bool IsDefault { get; set; }

    public Fallback Fallback { get; set; }

    /// <summary>The actions lent to tenants; <c>null</c>: the tenant-safe ones.</summary>
    public IReadOnlySet<string>? SharedActions { get; set; }

    public static GeneralSettings Of(Integration row) => new()
    {
        Name = row.Name,
        IsDefault = row.IsDefault,
        Fallback = row.Fallback,
        SharedActions = row.SharedActions is null ? null : JsonSerializer.Deserialize<HashSet<string>>(row.SharedActions),
    };

    public bool IsSameAs(GeneralSettings other) => Name == other.Name && IsDefault == other.IsDefault && Fallback == other.Fallback
        && (SharedActions is null ? other.SharedActions is null : other.SharedActions is not null && SharedActions.SetEquals(other.SharedActions));
}
